"""HTTP for production: views are plain synchronous functions and run fastest under WSGI workers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")
application = get_wsgi_application()
