"""Where dlt looks for its settings: the environment and its files, and nowhere else."""

from typing import Any

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import ConfigTomlProvider, EnvironProvider, SecretsTomlProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext


class SecretsFile(SecretsTomlProvider):
    """Where the file is missing, dlt imports all of Streamlit, because it might run in one of its apps: a quarter of a
    second and twenty megabytes of every run.
    """

    def _read_google_colab_secrets(self, name: str, file_name: str) -> Any:
        del name, file_name

    def _read_streamlit_secrets(self, name: str, file_name: str) -> Any:
        del name, file_name


class Context(RunContext):
    """dlt's own, but for the second provider."""

    def initial_providers(self) -> list[ConfigProvider]:
        places = self.settings_dir, self.global_dir
        return [EnvironProvider(), SecretsFile(*places), ConfigTomlProvider(*places)]


def use() -> None:
    """Before dlt is asked for anything; a context that is there already stays."""
    if PluggableRunContext not in Container():
        Container()[PluggableRunContext] = PluggableRunContext(Context(None))
