"""Urdu's own digits, for readers who chose them."""

import pytest

from dashboard import digits
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

PATH = "/lahore/lahore/"


@pytest.mark.parametrize(
    ("latin", "urdu"),
    [
        ("85 سے 120", "۸۵ سے ۱۲۰"),
        ("PM2.5 اور N95", "PM2.5 اور N95"),
        ("−5.3%، 07:45", "−۵.۳%، ۰۷:۴۵"),
        ("http://localhost:8000/ پر 3", "http://localhost:8000/ پر ۳"),
        ("&#39;7&#x27;&nbsp;", "&#39;۷&#x27;&nbsp;"),
    ],
)
def test_numbers_get_urdu_digits_and_latin_words_keep_theirs(latin, urdu):
    assert digits.in_text(latin) == urdu


def test_tags_scripts_and_code_to_copy_stay_as_they_are():
    html = '<p class="c-1" title="24 گھنٹے" style="left: 5%">7</p><script>let x = 1;</script><pre>width="320"</pre>'
    said = '<p class="c-1" title="۲۴ گھنٹے" style="left: 5%">۷</p><script>let x = 1;</script><pre>width="320"</pre>'
    assert digits.in_html(html) == said


@pytest.mark.django_db
def test_a_link_sets_them_and_they_are_remembered(modelled_lahore):
    reader = citizen("ur")
    assert ">170<" in reader.get(PATH).content.decode()
    assert ">۱۷۰<" in reader.get(PATH, {"digits": "urdu"}).content.decode()
    page = tight(reader.get(PATH).content.decode())
    assert ">۱۷۰<" in page
    assert 'data-plain="no"' in page  # the socket's words have other digits, so the page asks for its own
    assert ">&#49;&#50;&#51;<" in page  # the way back is offered in Latin digits


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "chosen"), [("en", "latin"), ("ur", "latin"), ("ur", "urdu")])
def test_a_page_is_as_long_as_it_says(modelled_lahore, language, chosen):
    """A client that takes nothing compressed reads so many bytes and no more, whatever was rewritten on the way out."""
    answer = citizen(language).get(PATH, {"digits": chosen})
    assert answer.content.endswith(b"</html>\n")
    assert int(answer["Content-Length"]) == len(answer.content)


@pytest.mark.django_db
def test_the_pages_script_is_told_in_the_same_digits(modelled_lahore):
    make.make_reading("lahore", make.this_hour(), aqi=321)
    state = citizen("ur").get(PATH + "now.json", {"digits": "urdu"}).json()
    assert state["number"] == "۳۲۱"
    assert state["texts"]["co"] == "۹۰۰"
    assert state["arrived"].isascii()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PATH, "/embed/lahore/"])
def test_the_number_is_set_in_a_type_for_its_digits(modelled_lahore, path):
    """The stylesheet goes by a mark on the page, which scripts read too."""
    assert ' data-digits="arabext">' in citizen("ur").get(path, {"digits": "urdu"}).content.decode()


@pytest.mark.django_db
def test_an_english_page_keeps_its_own(modelled_lahore):
    assert ">170<" in citizen().get(PATH, {"digits": "urdu"}).content.decode()


def test_what_a_script_asks_for_in_its_pages_language_is_nobodys_new_choice(modelled_lahore):
    """Another page may be open in another language; its reader goes on in that one. Old browsers, and all of them where
    there is no TLS, say nothing but what they want."""
    reader = citizen()
    asked = reader.get("/lahore/lahore/now.json?lang=ur", headers={"Accept": "*/*"})
    assert asked.json()["variable_name"] == "پی ایم 2.5"
    assert not reader.cookies
    reader.get("/?lang=ur", headers={"Accept": "text/html,*/*;q=0.8"})
    assert reader.cookies["django_language"].value == "ur"
