"""Who was mailed another 来庁日の案内 than the one that holds now."""

from uuid import UUID

from pydantic import AwareDatetime

from libs.common.facts import Contract


class MailedVisit(Contract):
    """A visit to come whose newest mail does not say the guidance as it is now. `reminded`: that
    mail was the reminder, so no later one brings the new text by itself."""

    booking_id: UUID
    number: str
    office_id: str
    starts_at: AwareDatetime
    mailed_at: AwareDatetime
    reminded: bool


class MailedOtherwise(Contract):
    """GET /v1/guidances/{guidance_id}/mailed-otherwise (LGWAN door): the next visits first, at most
    200 of `total`."""

    visits: tuple[MailedVisit, ...]
    total: int
