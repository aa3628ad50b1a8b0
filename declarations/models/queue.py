from django.conf import settings
from django.db import models


class RememberedQueue(models.Model):
    """The tab, filters and order, as an address's query, in which somebody had the queue last."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    query = models.TextField()
