//! Tells Zed how the language server of `.sysd` files is started: the `sysd` of the settings, or that of the `PATH`.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{register_extension, Command, Extension, LanguageServerId, Result, Worktree};

struct Sysd;

impl Extension for Sysd {
    fn new() -> Self {
        Sysd
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|settings| settings.binary);
        let (path, arguments) = binary.map_or((None, None), |binary| (binary.path, binary.arguments));
        let command = path.or_else(|| worktree.which("sysd")).ok_or(
            "there is no `sysd` on the `PATH`: install it, or set `lsp.sysd.binary.path`",
        )?;
        let args = arguments.unwrap_or_else(|| vec!["lsp".to_owned()]);
        Ok(Command { command, args, env: worktree.shell_env() })
    }
}

register_extension!(Sysd);
