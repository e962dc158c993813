"""The pages of work that are no lists of rows; the site takes them in under ``admin:``."""

from django.urls import path

from backoffice.views import alerts, approvals, board, counter, days, door, gift_cards, reports, returns, shifts
from backoffice.views import work as jobs

work = [
    path("board/", board.board, name="board"),
    path("board/place/", board.place, name="board_place"),
    path("board/move/", board.move, name="board_move"),
    path("board/drop/", board.drop, name="board_drop"),
    path("board/fill/", board.fill, name="board_fill"),
    path("board/copy/", board.copy, name="board_copy"),
    path("board/publish/", board.publish, name="board_publish"),
    path("door/", door.doors, name="doors"),
    path("door/<int:pk>/", door.door, name="door"),
    path("door/<int:pk>/people/", door.people, name="door_people"),
    path("door/<int:pk>/undo/", door.undo, name="door_undo"),
    path("counter/", counter.counter, name="counter"),
    path("counter/<int:pk>/", counter.seats, name="counter_seats"),
    path("counter/sales/<int:pk>/", counter.sale, name="counter_sale"),
    path("counter/gift-cards/", gift_cards.gift_cards, name="gift_cards"),
    path("counter/gift-cards/<int:pk>/state/", gift_cards.set_state, name="gift_card_state"),
    path("counter/shift/", shifts.own_shift, name="own_shift"),
    path("counter/shifts/<int:pk>/", shifts.shift, name="shift"),
    path("tills/", shifts.tills, name="tills"),
    path("days/", days.days, name="days"),
    path("days/close/", days.close, name="day_close"),
    path("days/<int:number>/", days.day, name="day"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:pk>/close/", alerts.close, name="alert_close"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<int:pk>/decide/", approvals.decide, name="approval_decide"),
    path("work/", jobs.work, name="work"),
    path("work/<int:pk>/decide/", jobs.decide, name="work_decide"),
    path("reports/", reports.box_office_page, name="reports"),
    path("reports/takings/", reports.takings_page, name="report_takings"),
    path("reports/occupancy/", reports.occupancy_page, name="report_occupancy"),
    path("reports/refunds/", reports.refunds_page, name="report_refunds"),
    path("reports/postings/", reports.postings_page, name="report_postings"),
    path("reports/postings/lines/", reports.posting_lines_file, name="report_posting_lines"),
    path("reports/return/", returns.return_page, name="report_return"),
    path("reports/return/file/", returns.file_page, name="report_return_file"),
]
