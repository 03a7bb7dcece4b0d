from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.apps import apps

from accounts import mfa, sealing
from config import doctor


def test_what_was_sealed_can_be_read_again_and_looks_like_nothing():
    sealed = sealing.seal("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert sealing.seal("JBSWY3DPEHPK3PXP") != sealed
    assert sealing.unseal(sealed) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("sealed", ["", "nonsense", "JBSWY3DPEHPK3PXP", "ü"])
def test_what_was_never_sealed_does_not_open(sealed):
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(sealed)


def test_a_changed_letter_does_not_open():
    sealed = sealing.seal("JBSWY3DPEHPK3PXP")
    middle = len(sealed) // 2

    assert not sealing.opens(sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :])


def test_another_key_does_not_open_and_the_old_one_beside_it_does(settings):
    sealed, before = sealing.seal("JBSWY3DPEHPK3PXP"), settings.SECRET_KEY

    settings.SECRET_KEY = "another, just as long and just as hard to guess as the first one"
    assert not sealing.opens(sealed)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert sealing.unseal(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = before, []
    assert sealing.opens(sealed)


@pytest.fixture
def factor(maria):
    """An authenticator app of Maria's, and its secret."""
    secret = generate_totp_secret()
    return TOTP.activate(maria, secret), secret


def code(secret):
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


@pytest.mark.django_db
def test_the_database_does_not_tell_a_second_factor(maria, factor):
    RecoveryCodes.activate(maria)
    totp, secret = factor

    kept = dict(Authenticator.objects.values_list("type", "data"))
    assert sealing.unseal(kept["totp"]["secret"]) == secret
    assert len(bytes.fromhex(sealing.unseal(kept["recovery_codes"]["seed"]))) == 40
    assert secret not in str(kept)
    assert totp.validate_code(code(secret))


@pytest.mark.django_db
def test_a_second_factor_sealed_elsewhere_opens_nothing_and_the_doctor_says_why(maria, factor, settings):
    RecoveryCodes.activate(maria)
    totp, secret = factor
    assert mfa.unreadable() == 0

    settings.SECRET_KEY = "another, just as long and just as hard to guess as the first one"

    assert not totp.validate_code(code(secret))
    assert mfa.unreadable() == 2
    (finding,) = doctor.second_factors()
    assert finding.state == doctor.WRONG
    assert "SECRET_KEY_FALLBACKS" in finding.mend


@pytest.mark.django_db
def test_a_second_factor_of_before_is_sealed_by_the_migration_and_still_opens(maria, factor):
    totp, secret = factor
    open_one = {**totp.instance.data, "secret": secret}
    Authenticator.objects.filter(pk=totp.instance.pk).update(data=open_one)

    import_module("accounts.migrations.0005_seal_second_factors").seal(apps, None)

    kept = Authenticator.objects.get(pk=totp.instance.pk)
    assert secret not in str(kept.data)
    assert TOTP(kept).validate_code(code(secret))
