"""What reporting reads from the environment: no more than every service behind the doors."""

from libs.common.settings import ServiceSettings as Settings

__all__ = ["Settings"]
