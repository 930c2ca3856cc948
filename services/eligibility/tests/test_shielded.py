"""Web不可 in the list: for the citizens' door such a person is nobody, for staff they are there."""

from services.eligibility.tests.support import HEADER, Service, sheet

NUMBER, BORN, WRONG = "OTA-000001", "1950-01-02", "1950-01-03"
WITH_FLAG = f"{HEADER},Web不可"


def listed(flag: str, born: str = BORN) -> bytes:
    return sheet(f"{NUMBER},{born},鶴崎支所,{flag}", header=WITH_FLAG)


def effects(report: dict[str, object]) -> tuple[object, ...]:
    return tuple(report[name] for name in ("added", "changed", "unchanged", "rejected"))


async def test_the_right_answers_of_a_shielded_person_are_answered_like_a_wrong_date(
    service: Service,
) -> None:
    await service.take(listed("○"))
    right, wrong = await service.check(NUMBER, BORN), await service.check(NUMBER, WRONG)
    assert (right.status_code, right.content) == (wrong.status_code, wrong.content)
    assert right.json()["slug"] == "no-match"
    for _ in range(3):
        assert (await service.check(NUMBER, BORN)).status_code == 404
    assert (await service.check(NUMBER, BORN)).status_code == 429


async def test_staff_find_a_shielded_person_like_anybody(service: Service) -> None:
    await service.take(listed("不可"))
    found = await service.check(NUMBER, BORN, door="lgwan")
    assert (found.status_code, found.json()["state"]) == (200, "ready")


async def test_the_flag_travels_with_the_card_and_stays_where_a_file_is_silent(
    service: Service,
) -> None:
    assert effects(await service.take(listed("○"))) == (1, 0, 0, 0)
    assert effects(await service.take(listed("1"))) == (0, 0, 1, 0)
    silent = sheet(f"{NUMBER},{WRONG},明野支所", header=HEADER)
    assert effects(await service.take(silent)) == (0, 1, 0, 0)
    assert effects(await service.take(listed("", WRONG))) == (0, 1, 0, 0)
    holders = [holder["shielded"] for _, holders in await service.facts() for holder in holders]
    assert holders == [True, True, False]
    assert (await service.check(NUMBER, WRONG)).status_code == 200


async def test_what_is_neither_yes_nor_no_is_said_to_be_wrong(service: Service) -> None:
    report = await service.take(listed("たぶん"))
    assert effects(report) == (0, 0, 0, 1)
    assert report["errors"] == [
        {"line": 2, "column": "Web不可", "reason": "○か空欄にしてください。"}
    ]
