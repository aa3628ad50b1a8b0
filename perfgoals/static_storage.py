from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """Static files under hashed names; our own scripts import one another by these names too."""

    support_js_module_import_aggregation = True
    # Not "*.js", as Django has it: the scripts of other packages name files in their comments that they do not ship.
    _js_module_import_aggregation_patterns: ClassVar = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
