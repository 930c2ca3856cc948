"""Notify and the staff door speak of the same variables of mails."""

from services.gateway.lgwan.mail_texts import wording as letter_words
from services.notify.domain.faults import variables_of
from services.notify.domain.template import VARIABLES
from services.notify.texts import load_templates


def test_the_staff_door_has_plain_words_for_every_variable_of_every_mail() -> None:
    offered = {
        v for kinds in load_templates().values() for t in kinds.values() for v in variables_of(t)
    }
    assert set(letter_words.VARIABLES) == offered == VARIABLES
