"""Every setting of an installation, in one file. What an operator may change is read from the environment."""

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env, services

BASE_DIR = env.ROOT
DATA = env.data_folder()
VERSION = env.VERSION

# Safety. Outside of DEBUG, a secret key of the installation is made on first start and kept in the data folder.
DEBUG = env.flag("DEBUG")
SECRET_KEY = services.secret_key()
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # of before: they open what they sealed, and seal nothing
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [".localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
# With __Host- a browser takes the cookie from this very host alone, over https alone, and no subdomain can plant one.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if HTTPS else ("session", "csrf")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
SOCIALS = env.socials()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF, *(social.origin for social in SOCIALS)],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{social.provider}" for social in SOCIALS),
    "allauth.mfa",
    "channels",
    "csp",
    "django_htmx",
    "rest_framework",
    "analytics.ledger",
    "accounts",
    "knowledge",
    "tickets",
    "chat",
    "analytics.desk",
    "config",
]

if sys.argv[1:2] == ["runserver"]:
    INSTALLED_APPS.insert(0, "daphne")  # it serves sockets too; no other command needs a web server

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chat.embedding.FrameVisitor",
    "accounts.clock.ShopClock",
    "accounts.mfa.StaffSecondFactor",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context.page",
            ],
        },
    }
]

# Where things are kept: embedded servers unless the environment names others.
DATABASES = {"default": services.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = services.redis_url()
CACHES = {
    "default": {
        "BACKEND": "config.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "as",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
# Subscriptions outlive an emptied or restarted Redis. They know no databases: the prefix tells installations apart.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "health_check_interval": 25}],
            "prefix": f"as.{services.redis_database(REDIS_URL)}.{sha256(SECRET_KEY.encode()).hexdigest()[:16]}.",
        },
    }
}
CELERY_BROKER_URL = services.broker_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Every module with a task: the worker knows no other.
CELERY_IMPORTS = [
    *("accounts.commerce.changes", "accounts.crm.pushes", "accounts.merging", "analytics.ledger.delivery"),
    *("chat.actions", "chat.assignment", "chat.desk.later", "chat.intake", "chat.letters", "chat.restocked"),
    *("chat.training", "chat.transcripts", "config.health", "knowledge.articles", "knowledge.indexing"),
    *("knowledge.recipes", "tickets.automation", "tickets.lifecycle", "tickets.notices", "tickets.promises"),
]
# Celery would otherwise empty the connection pool after every task; config/celery.py tries the connection instead.
CELERY_DB_REUSE_MAX = 10_000
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "answer what was dropped": {"task": "chat.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "tend the queue": {"task": "chat.tend", "schedule": 1.0, "options": {"expires": 5}},
    "mail what was not read": {"task": "chat.letters", "schedule": 10.0, "options": {"expires": 30}},
    "tell what is back": {"task": "chat.restocked", "schedule": 10.0, "options": {"expires": 30}},
    "hand over what was dropped": {"task": "ledger.dispatch", "schedule": 1.0, "options": {"expires": 5}},
    "publish what is due": {"task": "knowledge.publish_due", "schedule": 20.0, "options": {"expires": 60}},
    "embed what was dropped": {"task": "knowledge.sweep", "schedule": 30.0, "options": {"expires": 120}},
    "give up forgotten changes": {"task": "accounts.sweep_changes", "schedule": 60.0, "options": {"expires": 300}},
    "tell the CRM what was dropped": {"task": "accounts.sweep_crm", "schedule": 60.0, "options": {"expires": 300}},
    "forget what cannot be undone": {"task": "accounts.forget_merges", "schedule": 3600.0, "options": {"expires": 600}},
    "send what is due": {"task": "chat.sweep_later", "schedule": 5.0, "options": {"expires": 10}},
    "tell what is due": {"task": "tickets.sweep_clocks", "schedule": 10.0, "options": {"expires": 30}},
    "follow rules of time": {"task": "tickets.follow_time", "schedule": 300.0, "options": {"expires": 240}},
    "count anew what was dropped": {"task": "tickets.sweep_recounts", "schedule": 60.0, "options": {"expires": 120}},
    "close what was solved": {"task": "tickets.close_solved", "schedule": 600.0, "options": {"expires": 300}},
    "execute what was dropped": {"task": "chat.sweep_actions", "schedule": 2.0, "options": {"expires": 10}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat" / "schedule")

# Mail.
MAIL = env.mail()
EMAIL_BACKEND = MAIL.backend
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = MAIL.use_tls, MAIL.use_ssl, 20
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/") or f"{'https' if HTTPS else 'http'}://localhost:{env.port()}"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("MAIL_FROM") or "shop@localhost"

# People.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Where no mail leaves nobody could follow a link: people get in, but nothing counts as proven.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL.leaves else "optional"
OPEN_FOR_SIGNUP = env.flag("OPEN_FOR_SIGNUP", True)
REQUIRE_STAFF_MFA = env.flag("REQUIRE_STAFF_MFA")
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_PROVIDERS = {
    social.provider: {"APPS": [{"client_id": social.client_id, "secret": social.secret, "key": ""}]}
    for social in SOCIALS
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "request_login_code": "20/m/ip,3/m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}
# How often one visitor may knock: "20/m", "5/10s,100/h"; empty means no limit.
RATE_LIMITS = {
    "chat.open": "30/m",
    "chat.send": "120/m,2000/h",
    "chat.frame": "60/10s",
    "chat.suggest": "60/m",
    "chat.search": "60/m",
    "tickets.search": "60/m",
    "chat.transcript": "5/h",
    "widget": "60/m",
    "search": "60/m",
    "llm.shopper": "60/d",
    "llm.shop": "2000/d",
    "order.code": "5/h,20/d",
    "order.try": "30/h",
    "vote": "20/m",
    "upload": "20/m",
    "consent": "30/m",
    "first_admin": "20/m",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES") or 0)
# Hosts and networks the shop may call although they are private, such as "erp.internal" or "10.1.0.0/16".
OUTGOING_ALLOWED = env.words("OUTGOING_ALLOWED")
OUTGOING_PORTS: list[int] = []  # empty: any port
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Words and times.
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["config.formats"]
# In their own names, which whoever looks for theirs can read.
LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("pt", "Português"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
]
if env.flag("TRY_ARABIC"):  # to see pages laid out from right to left; nobody has translated our words yet
    LANGUAGES.append(("ar", "العربية"))
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Files.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(DATA) / "static"
MEDIA_ROOT = Path(DATA) / "files"
BUCKET = env.bucket()
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": BUCKET.options}
    if BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.files.StaticFiles"},
}

# What the shop knows. "minilm" is bundled; "fake" is for tests; "provider:model" is any LangChain embeddings model.
EMBEDDINGS = os.environ.get("EMBEDDINGS") or "minilm"
EMBEDDINGS_OPTIONS: dict[str, Any] = {}
# A language model may put answers into words: "provider:model" as LangChain names it, off unless set.
CHAT_MODEL = os.environ.get("CHAT_MODEL", "")
CHAT_MODEL_OPTIONS: dict[str, Any] = {
    name: os.environ[variable]
    for name, variable in (("base_url", "CHAT_MODEL_URL"), ("api_key", "CHAT_MODEL_KEY"))
    if os.environ.get(variable)
}

# Translators, each off unless set: DeepL, LibreTranslate, a folder of Argos packages. Apertium is found by itself.
DEEPL_KEY, DEEPL_URL = os.environ.get("DEEPL_KEY", ""), os.environ.get("DEEPL_URL", "")
LIBRETRANSLATE_URL = os.environ.get("LIBRETRANSLATE_URL", "")
LIBRETRANSLATE_KEY = os.environ.get("LIBRETRANSLATE_KEY", "")
TRANSLATION_MODELS = os.environ.get("TRANSLATION_MODELS", "")

# Who reads messages in place of our own classifier, by slug: slug=rasa+https://:token@nlu.example.com
NLU = env.systems("NLU")
NLU_SECONDS = 3.0  # then ours reads it
NLU_FLOOR = 0.5  # how sure it has to be

# The systems that shops are run with, by slug; a shop that is not named has its own tables.
SHOP_SYSTEMS = env.systems("SHOP_SYSTEMS")
SHOP_ADAPTERS = {
    "rest": "accounts.platforms.rest.Rest",
    "shopify": "accounts.platforms.shopify.Shopify",
    "woocommerce": "accounts.platforms.woocommerce.WooCommerce",
}
SHOP_SETTLE_SECONDS = 60  # after which a request that nobody answered has been done or never will be

REPLY_MAIL_SECONDS = 300  # what a person said and the shopper has not read by then goes to her by mail
REPLY_MAIL_LINK_SECONDS = 7 * 86_400
WAIT_ALARM_SECONDS = 300  # colleagues who do not look are told of whoever waits longer
TICKET_GRACE_DAYS = 7  # so long a solved ticket is opened again by a word of its customer; a later one opens another
AGENT_SILENCE_SECONDS = 90  # without a sign of life an agent is gone then, and her talks go back to the queue

# The talk.
ASSISTANT = os.environ.get("ASSISTANT") or "chat.assistant.reply"
CHAT_TEXT_LIMIT = 8_000
CHAT_FRAME_LIMIT = 64_000
TURN_SETTLE_MS = 150  # the assistant waits this long for more after a whole sentence,
TURN_FRAGMENT_MS = 700  # and this long after a fragment
BOT_SECONDS = 20  # then a person takes over
TURN_CLAIM_SECONDS = 32
TURN_ATTEMPTS = 3
ACTION_CLAIM_SECONDS = 60
ACTION_ATTEMPTS = 8
ACTION_FAILED_TEXT = _("This could not be done just now. Nothing was changed; a person can look into it.")
ATTACHMENT_BYTES = 10_000_000
# The dotted path of a function that is given a file and says what it found in it, or nothing.
ATTACHMENT_SCANNER = os.environ.get("ATTACHMENT_SCANNER", "")
