"""The REST API's shared machinery: dialects, endpoints, reading, refusals. It knows no app."""
