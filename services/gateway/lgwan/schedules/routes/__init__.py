"""The addresses of the pages for times of offices (枠)."""

from starlette.routing import Route

from . import changes, day_forms, displaced, forms, kept, plan, stops, week

_READ, _POST, _BOTH = ["GET"], ["POST"], ["GET", "POST"]

ROUTES: list[Route] = [
    Route("/schedules", week.grid, methods=_BOTH),
    Route("/schedules/series", forms.series, methods=_BOTH),
    Route("/schedules/series/count", forms.count_series, methods=_POST),
    Route("/schedules/series/plan", forms.plan_series, methods=_POST),
    Route("/schedules/day", day_forms.day, methods=_BOTH),
    Route("/schedules/day/plan", day_forms.plan_day, methods=_POST),
    Route("/schedules/end", day_forms.end, methods=_BOTH),
    Route("/schedules/end/plan", day_forms.plan_end, methods=_POST),
    Route("/schedules/week", day_forms.copy_week, methods=_BOTH),
    Route("/schedules/week/plan", day_forms.plan_week, methods=_POST),
    Route("/schedules/office", day_forms.copy_office, methods=_BOTH),
    Route("/schedules/office/plan", day_forms.plan_office, methods=_POST),
    Route("/schedules/stops", stops.stops, methods=_BOTH),
    Route("/schedules/stops/plan", stops.plan_stops, methods=_POST),
    Route("/schedules/plan", plan.again, methods=_POST),
    Route("/schedules/apply", plan.apply, methods=_POST),
    Route("/schedules/apply", plan.nothing_posted, methods=_READ),
    Route("/schedules/plan", plan.nothing_posted, methods=_READ),
    Route("/schedules/kept", kept.resume, methods=_POST),
    Route("/schedules/kept/forget", kept.forget, methods=_POST),
    Route("/schedules/{form}/plan", plan.nothing_posted, methods=_READ),
    Route("/schedules/{form}/count", plan.nothing_posted, methods=_READ),
    Route("/schedules/changes", changes.changes, methods=_READ),
    Route("/schedules/changes/{change_id:uuid}/undo", changes.ask_undo, methods=_READ),
    Route("/schedules/changes/{change_id:uuid}/undo", changes.undo, methods=_POST),
    Route("/displaced", displaced.displaced, methods=_READ),
    Route("/displaced/sheet", displaced.sheet, methods=_READ),
    Route("/displaced/call", displaced.call, methods=_POST),
    Route("/displaced/answer", displaced.settle, methods=_POST),
]
