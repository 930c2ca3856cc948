"""What the counter refuses, each with its slug."""

from libs.common.errors import Problem


class SlotFull(Problem):
    """Every window that could take this visit is taken."""

    slug = "slot-full"


class NotOffered(Problem):
    """No such start time, or outside the days in which it can be booked."""

    slug = "not-offered"


class NotEligible(Problem):
    """Nothing says that this person may collect a card now."""

    slug = "not-eligible"


class CardElsewhere(Problem):
    """The card lies at another office."""

    slug = "card-elsewhere"


class AlreadyBooked(Problem):
    """The person has an active booking of this kind. Says neither where nor when."""

    slug = "already-booked"


class LikeAnother(Problem):
    """Somebody with the same date of birth, and the same contact or name, has a booking of this
    kind, and nobody said yet that it is another person."""

    slug = "like-another"


class OtherBirth(Problem):
    """The card's date of birth is not the one that was given for the booking."""

    slug = "other-birth"


class HoldExpired(Problem):
    """The session holds no time, or no longer."""

    slug = "hold-expired"


class NoMoreExtensions(Problem):
    slug = "no-more-extensions"


class HeldEnough(Problem):
    """The session held this time for as long as can be. Others may take it now; after a while
    without it, so may the session."""

    slug = "held-enough"


class Busy(Problem):
    """Others are at the same times just now; nothing was decided."""

    slug = "busy"


class TooLate(Problem):
    """The deadline for doing this oneself has passed."""

    slug = "too-late"


class NotActive(Problem):
    """The booking is cancelled or over."""

    slug = "not-active"


class WrongState(Problem):
    """This tick does not follow from the state the booking is in."""

    slug = "wrong-state"


class NotToday(Problem):
    """Only visits of the day itself are ticked; what came of an earlier one is corrected."""

    slug = "not-today"


class VersionConflict(Problem):
    """Somebody else changed the booking since it was shown."""

    slug = "version-conflict"


class SettingRefused(Problem):
    """The settings cannot be like this; `problems` say why, one by one."""

    slug = "setting-refused"


class GuidanceRefused(Problem):
    """The guidance cannot be like this; `problems` say why, one by one."""

    slug = "guidance-refused"


class MailedEnough(Problem):
    """The mail was sent again often enough for today."""

    slug = "mailed-enough"


class UnopenedMails(Problem):
    """Many mails were sent to the booking's address today, and no link of any was ever opened."""

    slug = "unopened-mails"


class Locked(Problem):
    """Too many wrong tries, of this number (whether anybody has it or not), from this place or of
    everybody: one more costs what the facts say (libs.common.tries)."""

    slug = "locked"


class Slowed(Problem):
    """Much is held or booked by name from where this request comes: it goes on with a pass
    (`challenge`, `wait`, `seconds`; libs.common.passes) and is then held for `minutes`, or it goes
    on from `opens_at`."""

    slug = "slowed"


class ByPhone(Problem):
    """This visit is not booked online: it would fail, or take a second one. The detail says why."""

    slug = "by-phone"


class InOutage(Problem):
    """An outage of the national system met the visit: nobody says of it that somebody stayed
    away."""

    slug = "in-outage"


class Paused(Problem):
    """The procedure takes no bookings online for now."""

    slug = "paused"


class OneWindow(Problem):
    """A guardian comes with several children, and cannot be at two windows at the same time."""

    slug = "one-window"


class GuardianNeeded(Problem):
    """The person is under age on the day of the visit and comes with a guardian."""

    slug = "guardian-needed"


class PartyFull(Problem):
    """So many people are in the party already that nobody can be added."""

    slug = "party-full"


class TimeClosed(Problem):
    """The city closed the time of one of them, and it is not settled yet what becomes of it."""

    slug = "time-closed"


class BadSchedule(Problem):
    """Times that cannot be set up like this: `faults` says which step, which field and why."""

    slug = "bad-schedule"


class PlanChanged(Problem):
    """Something has moved since the plan was seen; `plan` is the new one."""

    slug = "plan-changed"


class CannotUndo(Problem):
    """Something done since contradicts it; `why` says what."""

    slug = "cannot-undo"


class ByChief(Problem):
    """差替え to somebody who is not served online: for staff who may see who that is."""

    slug = "by-chief"


class WindowNeeded(Problem):
    """Nobody is called without the window that calls."""

    slug = "window-needed"


class NoSuchWindow(Problem):
    """The office does not have this window today."""

    slug = "no-such-window"


class WindowInUse(Problem):
    """Somebody else is served at the window: `reception` says who."""

    slug = "window-in-use"


class SamePerson(Problem):
    """The booking is this person's already: there is nobody to exchange."""

    slug = "same-person"


class SearchedEnough(Problem):
    """This account has searched for people as often as an hour allows. `again_at` is when it may
    again; bookings are found by their number all the time."""

    slug = "searched-enough"
