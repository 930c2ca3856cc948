"""A hundred files and more: none crashes, none half applies, each says what is wrong with it."""

from typing import Any

from services.eligibility.tests.people_produce import Produced, all_files
from services.eligibility.tests.support import Service, found_in

FILES = list(all_files())


async def become(service: Service, file: Produced, key: str) -> dict[str, Any]:
    """The draft that was compared, or what refused the file."""
    answer = await service.offer(file.body, f"{file.name}.csv", key=key)
    if answer.status_code != 200:
        assert answer.status_code in (413, 422), (file.name, answer.text)
        return {"problem": answer.json()["detail"], "counts": None}
    draft = answer.json()
    path = f"/v1/drafts/{draft['draft_id']}/stage"
    staged = await service.post(path, found_in(draft), key)
    if staged.status_code != 200:
        assert staged.json()["slug"] == "missing-column", (file.name, staged.text)
        return {"problem": staged.json()["detail"], "counts": None}
    return await service.look(draft, key)


async def test_a_hundred_files_are_read_or_refused_in_a_sentence_and_none_is_applied(
    service: Service,
) -> None:
    assert len(FILES) >= 100
    for n, file in enumerate(FILES):
        draft = await become(service, file, f"{n:032}")
        if file.refused or draft["counts"] is None:
            assert file.refused in (draft["problem"] or ""), (file.name, draft)
            assert draft["problem"], (file.name, draft)
            assert draft["counts"] is None, file.name
            continue
        counts = draft["counts"]
        taken = counts["added"] + counts["changed"]
        assert (taken, counts["rejected"]) == (file.taken, file.rejected), (file.name, draft)
    assert await service.fetch("SELECT FROM person") == []
    assert await service.facts() == []


async def test_each_encoding_and_a_workbook_are_applied_whole(service: Service) -> None:
    for name in ("cp932-comma-plain", "utf16le-tab-quoted", "workbook-dates", "title-above"):
        file = next(file for file in FILES if file.name == name)
        report = await service.take(file.body, f"{name}.csv")
        assert report["rejected"] == 0
    assert len(await service.fetch("SELECT FROM person")) == 5
    assert {row["version"] for row in await service.fetch("SELECT version FROM person")} == {1}
