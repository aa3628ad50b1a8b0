from django.urls import reverse


def test_page_without_session_leads_to_sign_in_and_back(client, db):
    response = client.get("/declarations/?year=2022")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/accounts/login/?next=/declarations/%3Fyear%3D2022",
    )


def test_form_without_session_is_not_led_away_from_what_was_typed(client, db):
    response = client.post(reverse("declarations:goals", args=[1]), {"row": "typed"})
    assert response.status_code == 401
    assert "登录已失效，内容没有保存" in response.content.decode()


def test_sign_out_without_session_leads_to_sign_in(client, db):
    response = client.post(reverse("accounts:logout"))
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/")
