"""The addresses of the staff door."""

from starlette.routing import Route

from . import (
    bookings,
    changes,
    corrections,
    counts,
    exports,
    imports,
    listing,
    notes,
    preparations,
    sign_in,
)

ROUTES = (
    Route("/login", sign_in.show_form, methods=["GET"]),
    Route("/login", sign_in.enter, methods=["POST"]),
    Route("/logout", sign_in.leave, methods=["POST"]),
    Route("/", bookings.home, methods=["GET"]),
    Route("/bookings", listing.bookings, methods=["GET"]),
    Route("/bookings/search", listing.search, methods=["POST"]),
    Route("/bookings/filters", listing.save, methods=["POST"]),
    Route("/bookings/filters/{filter_id:uuid}/delete", listing.delete, methods=["POST"]),
    Route("/exports", exports.exports, methods=["GET"]),
    Route("/exports", exports.make, methods=["POST"]),
    Route("/exports/{export_id:uuid}/file", exports.fetch, methods=["POST"]),
    Route("/bookings/find", bookings.find, methods=["POST"]),
    Route("/bookings/tick", changes.tick, methods=["POST"]),
    Route("/bookings/{booking_id:uuid}", bookings.detail, methods=["GET"]),
    Route("/bookings/{booking_id:uuid}/cancel", changes.ask_cancel, methods=["GET"]),
    Route("/bookings/{booking_id:uuid}/cancel", changes.cancel, methods=["POST"]),
    Route("/notes", notes.notes, methods=["GET"]),
    Route("/notes", notes.add, methods=["POST"]),
    Route("/notes/{note_id:uuid}", notes.edit, methods=["GET"]),
    Route("/notes/{note_id:uuid}", notes.change, methods=["POST"]),
    Route("/notes/{note_id:uuid}/delete", notes.delete, methods=["POST"]),
    Route("/preparations", preparations.preparations, methods=["GET"]),
    Route("/preparations/tick", preparations.tick, methods=["POST"]),
    *corrections.ROUTES,
    Route("/imports", imports.imports, methods=["GET"]),
    Route("/imports", imports.take, methods=["POST"]),
    Route("/imports/{batch_id:uuid}", imports.report, methods=["GET"]),
    Route("/imports/{batch_id:uuid}/errors.csv", imports.errors_csv, methods=["GET"]),
    Route("/counts", counts.counts, methods=["GET"]),
    Route("/counts.csv", counts.counts_csv, methods=["GET"]),
)
