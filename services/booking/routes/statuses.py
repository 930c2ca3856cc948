"""The HTTP status of each refusal."""

from libs.common.errors import StatusTable
from libs.common.tries import TooSoon
from services.booking import domain

STATUS: StatusTable = {
    domain.SlotFull: 409,
    domain.NotOffered: 409,
    domain.OtherBirth: 409,
    domain.NotEligible: 403,
    domain.CardElsewhere: 409,
    domain.AlreadyBooked: 409,
    domain.HoldExpired: 409,
    domain.LikeAnother: 409,
    domain.NoMoreExtensions: 409,
    domain.problems.HeldEnough: 409,
    domain.Busy: 409,
    domain.TooLate: 409,
    domain.NotActive: 409,
    domain.SamePerson: 409,
    domain.ByChief: 409,
    domain.WrongState: 409,
    domain.NotToday: 409,
    domain.VersionConflict: 409,
    domain.Locked: 429,
    TooSoon: 429,
    domain.Slowed: 429,
    domain.MailedEnough: 409,
    domain.UnopenedMails: 409,
    domain.problems.SearchedEnough: 429,
    domain.ByPhone: 409,
    domain.Paused: 409,
    domain.GuardianNeeded: 409,
    domain.problems.OneWindow: 409,
    domain.PartyFull: 409,
    domain.SettingRefused: 422,
    domain.GuidanceRefused: 422,
    domain.problems.TimeClosed: 409,
    domain.problems.BadSchedule: 422,
    domain.problems.PlanChanged: 409,
    domain.problems.CannotUndo: 409,
}
