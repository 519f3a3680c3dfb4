"""All settings of the portal, in one file; what differs between machines comes from the environment.

Without any variable set the portal runs on the embedded PostgreSQL under ``var/`` (see ``embedded.py``).
A missing or wrong value stops the start with a sentence that says what to set.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from eldercare import embedded, encryption_keys

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = embedded.var_dir()

env = environ.Env()

PRODUCTION = env.str("ELDERCARE_ENV", default="development") == "production"
DEBUG = env.bool("DEBUG", default=False)
# The demo county's register of elders; without it `make run` is quicker and lighter.
DEMO_PEOPLE = env.bool("DEMO_PEOPLE", default=not PRODUCTION)
SECRET_KEY = env.str("SECRET_KEY", default="") or embedded.development_secret_key(production=PRODUCTION)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "import_export",
    "csp",
    "axes",
    "pgtrigger",
    "pghistory",
    "eldercare",
    "facilities",
    "subsidies",
    "indicators",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "eldercare.api.middleware.ApiMiddleware",
    "eldercare.middleware.IdleTimeoutMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "eldercare.middleware.PasswordChangeMiddleware",
    "eldercare.middleware.PermissionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "eldercare.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "eldercare.urls"
WSGI_APPLICATION = "eldercare.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "eldercare.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# --- Database and jobs -----------------------------------------------------------------------------------

DATABASES = {"default": embedded.database_url_or_embedded(env)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
for _name, _value in embedded.broker_settings(env).items():
    globals()[f"CELERY_{_name}"] = _value

# The timetable is Django-free data so that the beat process needs no database of its own.
CELERY_BEAT_SCHEDULE = {
    "sweep-imports": {"task": "eldercare.tasks.work_on_imports", "schedule": 10.0},
    "sweep-batches": {"task": "subsidies.tasks.make_batches", "schedule": 10.0},
    "sweep-bank-jobs": {"task": "subsidies.tasks.work_for_bank", "schedule": 10.0},
    "sweep-replays": {"task": "subsidies.tasks.replay_rules", "schedule": 10.0},
    "sweep-roll-ups": {"task": "indicators.tasks.roll_up", "schedule": 10.0},
    "open-month": {"task": "indicators.tasks.open_month", "schedule": crontab(minute="*/5")},
    "mark-late-and-lock": {"task": "indicators.tasks.mark_late_and_lock", "schedule": crontab(minute="*/15")},
    "weekly-digests": {
        "task": "eldercare.tasks.make_weekly_digests",
        "schedule": crontab(minute="20,50"),
    },
    "nightly-roll-up": {
        "task": "indicators.tasks.nightly_roll_up",
        "schedule": crontab(hour="1", minute="30"),
    },
}

# --- Uploads ----------------------------------------------------------------------------------------------

FILE_UPLOAD_HANDLERS = [
    "eldercare.upload_limit.RefuseHuge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Language and time ------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"

# --- Static files: everything is served by this host ------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))()
STATICFILES_DIRS = [BASE_DIR / "static", VAR_DIR / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# --- Sign-in ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "eldercare.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["eldercare.passwords.PortalArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "eldercare.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "eldercare.passwords.CharacterClassesValidator"},
    {"NAME": "eldercare.passwords.NotLikeAccountValidator"},
    {"NAME": "eldercare.passwords.NotReusedValidator"},
]
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=90)
IDLE_TIMEOUT_MINUTES = env.int("IDLE_TIMEOUT_MINUTES", default=30)
SESSION_MAX_HOURS = env.int("SESSION_MAX_HOURS", default=12)
LEDGER_SHORTAGE_OCCUPANCY = env.float(
    "LEDGER_SHORTAGE_OCCUPANCY", default=0.90
)  # share of beds; 床位短缺预警
REVEAL_DAILY_LIMIT = env.int("REVEAL_DAILY_LIMIT", default=200)  # full numbers an account may see a day
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "eldercare.views.errors.csrf_failure"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCK_OUT_AT_FAILURE = True
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # 30 minutes, as the page says
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "eldercare.views.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True

# Lock-out follows the account, not the address: a bureau's clerks share one, and a guesser may change theirs.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# --- Browser security -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the CSS framework draws its icons as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
HTTPS = env.bool("ELDERCARE_HTTPS", default=PRODUCTION)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

if PRODUCTION:
    problems = embedded.production_problems(env, secret_key=SECRET_KEY, debug=DEBUG, hosts=ALLOWED_HOSTS)
    problems += encryption_keys.problems(env.ENVIRON)
    if problems:
        raise ImproperlyConfigured("Production settings are incomplete: " + "; ".join(problems))

# --- API -------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["eldercare.api.bodies.PortalJSONParser"],
    "EXCEPTION_HANDLER": "eldercare.api.problems.answer_to",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
}
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=300)  # of one token
API_IDEMPOTENCY_HOURS = env.int("API_IDEMPOTENCY_HOURS", default=48)
SPECTACULAR_SETTINGS = {
    "TITLE": "养老服务数据门户接口",
    "DESCRIPTION": "与页面同样的数据、同样的权限、同样的操作。使用说明见“帮助”中的“数据接口”。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["eldercare.api.schema.only_the_api"],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        "BatchStatusEnum": "eldercare.models.ImportBatch.Status",
        "ReportStatusEnum": "indicators.models.MonthlyReport.Status",
        "IndicatorStatusEnum": "indicators.models.IndicatorValue.Status",
    },
}

# --- History and log --------------------------------------------------------------------------------------

PGHISTORY_APPEND_ONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "ERROR"}},
}
