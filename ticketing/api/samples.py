"""The documents' own examples."""

HALL = {"hallName": "3号厅", "totalSeats": 100, "hallType": "standard", "status": 0}
HALLS = {
    "total": 1,
    "records": [
        {
            "hallId": 1,
            "hallName": "1号厅",
            "totalSeats": 120,
            "hallType": "standard",
            "status": 0,
            "createdAt": "2025-12-14 07:43:34",
        }
    ],
}
SEATS = {"seats": [{"rowLabel": "A", "colNumber": 1, "isAvailable": True}]}
SCHEDULE = {"movieId": 1, "hallId": 1, "startTime": "2024-12-01 19:30:00", "price": 45.00}
SHOWTIME_INFO = {"movie_id": 1, "hall_id": 1, "start_time": "2024-12-01 19:30:00", "price": 45.00}
ADMIN_ORDERS = {
    "total": 200,
    "records": [
        {
            "orderId": 1,
            "userId": 1,
            "username": "string",
            "movieTitle": "沙丘2",
            "startTime": "2024-12-01 19:30:00",
            "hallName": "3号厅",
            "seats": "A1,A2,A3",
            "totalAmount": 135.00,
            "status": "paid",
            "createdAt": "2024-12-01 18:00:00",
            "paidAt": "2024-12-01 18:05:00",
        }
    ],
}
ORDER_IN = {"scheduleId": 1, "seats": ["A1", "A2", "A3"]}
BOOKING_ORDER_IN = {"showtime_id": 1, "selected_seats": ["A1", "A2", "A3"]}
BOOKING_ORDER = {"order_id": 1, "total_price": 135.00, "expires_at": "2024-12-01 18:10:00"}
