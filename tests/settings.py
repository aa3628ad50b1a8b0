"""The settings of the site as the tests run them: no HTTPS, quick passwords, static files as they lie in the tree."""

import os
from pathlib import Path

KEPT = Path(__file__).resolve().parent.parent / ".make"
os.environ |= {"DEBUG": "false", "HTTPS": "false", "SECRET_KEY": "only-for-tests"}
# The processes that draw and the workers of the tests read these too. Making the fonts takes longer than a test.
os.environ |= {"FILES_ROOT": str(KEPT / "test-files"), "FONTS_ROOT": str(KEPT / "fonts")}

from perfgoals.settings import *  # noqa: F403
from perfgoals.settings import DATABASE, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Without `collectstatic` there is no folder to serve from and no manifest to name files by.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # The data need not outlive a power cut.
    DATABASE["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # The threads of a live server outlive their requests, and a database that they are connected to can't be removed.
    DATABASE["CONN_MAX_AGE"] = 0
