from __future__ import annotations

import pytest

from gateway.config.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def no_port_from_the_environment(monkeypatch, free_port):
    monkeypatch.delenv("DALEL_LISTEN_PORT")


@pytest.fixture
def write(tmp_path):
    def write_text(text: str):
        (tmp_path / "dalel.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write_text


def test_an_empty_file_gives_the_defaults_below_the_home(write):
    home = write("")

    settings = load_settings(home)

    assert settings.listen_port == 8460
    assert settings.rules == "appk-2026"
    assert settings.database_url == f"sqlite:///{home}/dalel.db"
    assert settings.message_key == home / "keys" / "exchange.key"
    assert settings.admin_socket == home / "admin.sock"
    assert settings.public_url == "http://127.0.0.1:8460"


def test_relative_paths_start_in_the_home_folder_wherever_we_stand(write, monkeypatch):
    home = write('documents_folder = "scans"\nseal_key = "/etc/dalel/seal.key"')
    monkeypatch.chdir("/")

    settings = load_settings(home)

    assert settings.documents_folder == home / "scans"
    assert str(settings.seal_key) == "/etc/dalel/seal.key"


def test_the_environment_overrules_the_file(write, monkeypatch):
    home = write("listen_port = 9000\nlease_s = 5")
    monkeypatch.setenv("DALEL_LISTEN_PORT", "9001")

    settings = load_settings(home)

    assert (settings.listen_port, settings.lease_s) == (9001, 5)


def test_settings_cannot_be_changed_afterwards(write):
    settings = load_settings(write(""))

    with pytest.raises(ValueError, match="frozen"):
        settings.listen_port = 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("listen_prot = 9000", "listen_prot: unknown key"),
        ("listen_port = 0", "key listen_port"),
        ("lease_s = -1", "key lease_s"),
        ("request_limit_bytes = 1024", "key request_limit_bytes"),
        ("listen_port : 9000", "is no TOML"),
        ('database_url = "sqlite:///dalel.db"', "must be absolute"),
    ],
)
def test_a_broken_file_is_told_with_file_key_and_cure(write, text, says):
    home = write(text)

    with pytest.raises(SettingsError) as reported:
        load_settings(home)

    assert says in str(reported.value)
    assert str(home / "dalel.toml") in str(reported.value)


def test_every_broken_key_is_told_at_once_and_nothing_else(write):
    home = write("listen_port = 99999\nrelay_batch = 0")

    with pytest.raises(SettingsError) as reported:
        load_settings(home)

    lines = str(reported.value).splitlines()
    assert [line for line in lines if "listen_port" in line or "relay_batch" in line] == lines
    assert len(lines) == 2


def test_a_broken_variable_is_named_as_the_variable_it_is(write, monkeypatch):
    monkeypatch.setenv("DALEL_LEASE_S", "soon")

    with pytest.raises(SettingsError, match=r"^DALEL_LEASE_S: "):
        load_settings(write(""))


def test_a_misspelt_variable_is_refused_like_a_misspelt_key(write, monkeypatch):
    monkeypatch.setenv("DALEL_LISTEN_PROT", "9000")

    with pytest.raises(SettingsError, match="DALEL_LISTEN_PROT"):
        load_settings(write(""))


def test_a_folder_without_settings_says_how_to_make_an_installation(tmp_path):
    with pytest.raises(SettingsError, match="dalel init --home"):
        load_settings(tmp_path)


@pytest.mark.parametrize("url", ["ftp://tsa.kz/", "http://", "file:///etc/passwd", "tsa.kz", "http://[::bad/tsa"])
def test_a_time_stamp_authority_without_a_usable_url_is_refused(write, url):
    home = write(f'timestamp_urls = ["http://tsa.kz/", "{url}"]')

    with pytest.raises(SettingsError, match="key timestamp_urls: "):
        load_settings(home)


def test_time_stamp_authorities_are_kept_in_their_order(write):
    home = write('timestamp_urls = ["https://first.kz/tsa", "http://second.kz"]')

    assert load_settings(home).timestamp_urls == ("https://first.kz/tsa", "http://second.kz")


def test_a_key_may_be_in_a_token_and_its_pin_in_a_file(home, monkeypatch):
    uri = "pkcs11:token=t;object=message?module-path=/usr/lib/t.so"
    monkeypatch.setenv("DALEL_MESSAGE_KEY", uri)
    monkeypatch.setenv("DALEL_MESSAGE_PASSWORD_FILE", "keys/pin")

    place = load_settings(home).message_key_place

    assert str(place) == "key message in token t"
    assert place.password.file == home / "keys" / "pin"


def test_a_pin_in_the_settings_is_refused_and_not_shown(home, monkeypatch):
    monkeypatch.setenv("DALEL_SEAL_KEY", "pkcs11:token=t;object=k?module-path=/usr/lib/t.so&pin-value=2580")

    with pytest.raises(SettingsError, match="pin-source") as refused:
        load_settings(home)

    assert "DALEL_SEAL_KEY" in str(refused.value)
    assert "2580" not in str(refused.value)


def test_a_password_in_the_environment_does_not_show(home, monkeypatch):
    monkeypatch.setenv("DALEL_SEAL_PASSWORD", "secret-word")

    settings = load_settings(home)

    assert "secret-word" not in repr(settings)
    assert settings.seal_key_place.password.read() == b"secret-word"


def test_the_address_of_ncanode_is_an_http_one(home, monkeypatch):
    monkeypatch.setenv("DALEL_NCANODE_URL", "localhost:14579")

    with pytest.raises(SettingsError, match=r"as http://127\.0\.0\.1:14579"):
        load_settings(home)


def test_a_node_has_a_socket_and_a_name_of_its_own_and_may_listen_elsewhere(write):
    settings = load_settings(write("listen_port = 9000"), node="b", listen_port=9001, shared_port=None)

    assert settings.admin_socket == settings.home / "admin-b.sock"
    assert (settings.node_name, settings.listen_port) == ("b", 9001)
    assert settings.public_url == "http://127.0.0.1:9001"


def test_a_node_without_a_name_is_called_by_machine_and_port(write):
    assert load_settings(write("listen_port = 9000")).node_name.endswith(":9000")


@pytest.mark.parametrize("name", ["A", "-a", "a/b", "..", "a" * 40])
def test_the_name_of_a_node_is_fit_for_a_file_and_a_log(write, name):
    with pytest.raises(SettingsError, match="node"):
        load_settings(write(""), node=name)


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ('documents_url = "https://bucket"', "s3://bucket/prefix"),
        ('documents_url = "s3:///prefix"', "s3://bucket/prefix"),
        ('documents_endpoint = "s3.example.kz"', "an http or https address"),
        ('documents_access_key = "dalel"', "none without the other"),
        ('documents_secret_key_file = "secret"', "none without the other"),
        ("database_connections = 3", "database_connections"),
    ],
)
def test_a_place_for_documents_that_cannot_be_reached_so_is_told(write, text, reported):
    with pytest.raises(SettingsError, match=reported):
        load_settings(write(text))


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ('oidc_issuer = "https://id.example.kz"', "oidc_client_id"),
        ('oidc_client_id = "dalel"', "oidc_client_id"),
        ('oidc_issuer = "http://id.example.kz"\noidc_client_id = "dalel"', "https address"),
        ("oidc_only = true", "nobody could sign in"),
        ('oidc_issuer = "https://id.kz"\noidc_client_id = "d"\noidc_admission = "by_claim"', "oidc_roles"),
        ('oidc_roles = {ops = "king"}', "oidc_roles"),
    ],
)
def test_a_provider_half_named_is_told_with_its_cure(write, text: str, reported: str):
    with pytest.raises(SettingsError, match=reported):
        load_settings(write(text))


def test_a_provider_is_named_whole_and_its_secret_lies_in_the_home(write):
    home = write(
        'public_url = "https://dalel.kz/"\noidc_issuer = "https://id.kz"\noidc_client_id = "d"\n'
        'oidc_client_secret_file = "keys/oidc.secret"\noidc_admission = "by_claim"\noidc_roles = {ops = "operator"}'
    )
    settings = load_settings(home)
    assert settings.oidc_client_secret_file == home / "keys" / "oidc.secret"
    assert settings.oidc_roles == {"ops": "operator"}
    assert settings.console_address == "https://dalel.kz"
