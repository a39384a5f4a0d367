"""Settings, read from the environment; with nothing set, an embedded installation in ``var/``."""

from datetime import timedelta
from pathlib import Path

from config import env
from config.embedded.layout import Layout, secret
from config.own_host import own_host
from config.urls_of import cache_location, postgres_from_url
from config.workers import machine_share
from lib.http.addresses import AllowList

BASE_DIR = Path(__file__).resolve().parent.parent
REGISTRY_HOME = env.folder("REGISTRY_HOME", BASE_DIR / "var")
_LAYOUT = Layout(REGISTRY_HOME)

DEBUG = env.switch("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "") or secret(REGISTRY_HOME / "secrets" / "django")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
BEHIND_TLS = env.switch("BEHIND_TLS", default=False)
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", 0)

# The keys that keep connections' secrets, the first of which encrypts, and what may be called besides the internet.
REGISTRY_SECRET_KEYS = env.names("REGISTRY_SECRET_KEYS")
if not (REGISTRY_SECRET_KEYS or env.text("DATABASE_URL", "")):  # embedded: one machine, so the key may live on it
    REGISTRY_SECRET_KEYS = secret(REGISTRY_HOME / "secrets" / "connections", size=32).split()
OUTBOUND_ALLOW = AllowList.parse(env.names("OUTBOUND_ALLOW"))

# The sample company: its pages, and that its webhooks and its live events may reach this installation itself.
DEMO = env.switch("DEMO", default=False)
if DEMO:
    OUTBOUND_ALLOW = AllowList.parse([*env.names("OUTBOUND_ALLOW"), own_host()])

INSTALLED_APPS = [
    "accounts",
    "profiles",
    "segments",
    "activations",
    "pages",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its templates, which ours replace in part
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_tables2",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lib.htmx.middleware",
    "lib.null_characters.Middleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.shell.shell",
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
if DEMO:
    INSTALLED_APPS.append("demo")
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": postgres_from_url(env.text("DATABASE_URL", "") or _LAYOUT.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", "") or _LAYOUT.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": cache_location(REDIS_URL),
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},  # a Redis that hangs is one that is down
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "segment-list"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 86_400
SESSION_ENGINE = "accounts.sessions"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "lib.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.RegistrySchema",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Segment registry",
    "DESCRIPTION": "Everything that the registry does; docs/api.md shows each main job with curl.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "From `tokens` or `create_token`."},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
}
API_RATES = {  # requests a minute
    "usual": env.whole("API_RATE", 600),
    "heavy": env.whole("API_HEAVY_RATE", 60),
    "unknown": env.whole("API_UNKNOWN_RATE", 60),
}

TRACKING_RATE = env.whole("TRACKING_RATE", 1_000)  # requests a second of one source to one process
IDENTITY_SHARED_BY = env.whole("IDENTITY_SHARED_BY", 5)  # an identifier of more people tells nobody apart

LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = env.text("REGISTRY_TIMEZONE", "UTC")
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = REGISTRY_HOME / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The lake and the engine that reads it (DESIGN section 4).
LAKE_URL = env.text("LAKE_URL", "") or str(REGISTRY_HOME / "lake")
ENGINE_MEMORY_MB, ENGINE_THREADS = machine_share(
    memory_mb=env.whole("ENGINE_MEMORY_MB", 0), threads=env.whole("ENGINE_THREADS", 0)
)
ENGINE_TEMPORARY = REGISTRY_HOME / "engine"
EXPORTS = REGISTRY_HOME / "exports"
SANDBOXES = REGISTRY_HOME / "sandboxes"

# Files that come over HTTP, on a disk that web and workers share, and how large one may be.
UPLOADS = REGISTRY_HOME / "uploads"
IMPORT_MAX_MB = env.whole("IMPORT_MAX_MB", 1024)

# Celery: a message is only a doorbell (DESIGN section 5). Limits are above the longest chunk of work; the visibility
# timeout is above 1.5 times the hard limit, so a message is not handed out again while its worker still works.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = env.whole("TASK_SOFT_SECONDS", 540)
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    "socket_keepalive": not REDIS_URL.startswith("redis+socket"),
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "segments.tasks.compute_waiting": {"queue": "engine"},  # one worker, one at a time: full runs
    "segments.tasks.take_signals": {"queue": "signals"},  # one worker, one at a time: increments
    "activations.tasks.*": {"queue": "sync"},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
LEASE_SECONDS = env.whole("LEASE_SECONDS", 45)
TICK = timedelta(seconds=env.whole("TICK_SECONDS", 2))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.Formatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},  # below, it writes whole URLs, and httpcore headers: secrets of connections
        "httpcore": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},  # ticks are many: what work was done is said by the work
        "celery.app.trace": {"level": "WARNING"},
    },
}
