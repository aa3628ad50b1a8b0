import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfgoals.settings")

application = get_wsgi_application()

# Known only now, because it needs the settings.
from declarations.exports import drawing  # noqa: E402

drawing.start_ahead()
