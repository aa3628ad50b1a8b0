from django.urls import URLPattern, URLResolver, include, path

from declarations.views import (
    assigning,
    autosave,
    declaration,
    exports,
    filling,
    home,
    library,
    listing,
    notices,
    pasting,
    rounds,
    steps,
    taking_over,
    uploading,
)

declaration_patterns: list[URLPattern | URLResolver] = [
    path("", declaration.detail, name="detail"),
    path("goals/", filling.goals, name="goals"),
    path("tasks/", filling.tasks, name="tasks"),
    path("budget/", filling.budget, name="budget"),
    path("indicators/<int:primary_id>/", filling.indicators, name="indicators"),
    path("autosave/", autosave.autosave, name="autosave"),
    path("take-over/", taking_over.take_over, name="take_over"),
    path("library/", library.library, name="library"),
    path("paste/", pasting.paste, name="paste"),
    path("workbook/", uploading.workbook, name="workbook"),
    path("upload/", uploading.upload, name="upload"),
    path("upload/<int:upload_id>/", uploading.preview, name="upload_preview"),
    path("check/", filling.check, name="check"),
    path("preview/", declaration.preview, name="preview"),
    path("review/", declaration.review, name="review"),
    path("submit/", steps.submit, name="submit"),
    path("withdraw/", steps.withdraw, name="withdraw"),
    path("return/", steps.return_, name="return"),
    path("approve/", steps.approve, name="approve"),
    path("hand-back/", steps.hand_back, name="hand_back"),
    path("undo/", steps.undo, name="undo"),
    path("assessment/", steps.assess, name="assess"),
    path("take/", assigning.take, name="take"),
    path("release/", assigning.release, name="release"),
    path("assign/", assigning.assign, name="assign"),
    path("export/<str:file_format>/", exports.working_copy, name="export"),
    path("submissions/<int:number>/", declaration.submission, name="submission"),
    path("submissions/<int:number>/export/<str:file_format>/", exports.submission, name="submission_export"),
]

patterns: list[URLPattern | URLResolver] = [
    path("declarations/", listing.declarations, name="list"),
    path("declarations/start/<int:round_id>/", steps.start, name="start"),
    path("declarations/<int:declaration_id>/", include(declaration_patterns)),
    path("notices/", notices.listing, name="notice_list"),
    path("notices/read/", notices.read_all, name="notice_read_all"),
    path("notices/<int:notice_id>/", notices.follow, name="notice"),
    path("rounds/", rounds.listing, name="round_list"),
    path("rounds/create/", rounds.create, name="round_create"),
    path("rounds/<int:round_id>/", rounds.edit, name="round_edit"),
    path("rounds/<int:round_id>/extensions/", rounds.extend, name="round_extend"),
    path("template-previews/<int:template_id>/", rounds.template_preview, name="template_preview"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include((patterns, "declarations"))),
]
