import time
from declarations.form_layout import *
from tests.declarations.test_uploads import *
from django.db import connection
from django.test.utils import CaptureQueriesContext
def test_zz(db):
    d = builders.declaration()
    book = downloaded(d); s = book[TARGETS_SHEET]
    def fill(start, n, tag):
        for r in range(start, start+n):
            s.cell(r,3).value="履职效益"; s.cell(r,5).value=f"{tag}{r}"; s.cell(r,6).value="≥"; s.cell(r,7).value="5"
    fill(5, 490, "a")
    u = keep(d, saved(book)); t=time.time()
    with CaptureQueriesContext(connection) as c: apply(u)
    print("add 490", time.time()-t, len(c))
    book = downloaded(d); s = book[TARGETS_SHEET]
    for r in range(3, s.max_row+1): s.cell(r,1).value=None; s.cell(r,5).value = f"b{r}" if s.cell(r,5).value else None; s.cell(r,7).value = None
    u = keep(d, saved(book)); t=time.time()
    with CaptureQueriesContext(connection) as c: apply(u)
    print("replace", time.time()-t, len(c))
    book = downloaded(d); s = book[TARGETS_SHEET]
    rows_ = [[x.value for x in row] for row in s.iter_rows(min_row=3, max_row=490)]
    for r, vals in enumerate(reversed(rows_), 3):
        for cc, v in enumerate(vals, 1): s.cell(r,cc).value = v
    u = keep(d, saved(book)); t=time.time()
    with CaptureQueriesContext(connection) as c: apply(u)
    print("reverse", time.time()-t, len(c))
