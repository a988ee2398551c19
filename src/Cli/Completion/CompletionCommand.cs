using System.CommandLine;

namespace DnsGuard.Cli.Completion;

/// <summary><c>dnsguard completion bash|zsh</c>: a script that makes the shell complete our command line.</summary>
internal static class CompletionCommand
{
    // Bash takes a colon for the end of a word, so that policy:read comes as three; they are put together before, and what the shell has already is cut off after.
    private const string Bash = """
        # dnsguard completion for bash. Load it:  source <(dnsguard completion bash)
        # or for every shell:                     dnsguard completion bash > /etc/bash_completion.d/dnsguard
        _dnsguard() {
            local words=() word i joined="" IFS=$'\n'
            for ((i = 1; i <= COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $joined && ${#words[@]} -gt 0 ]] || [[ $word == [:=]* && ${#words[@]} -gt 0 ]]; then
                    words[${#words[@]}-1]+=$word
                    joined=""
                else
                    words+=("$word")
                fi
                [[ $word == *[:=] ]] && joined=1
            done
            local last=${words[${#words[@]}-1]-}
            local have=${last%"${COMP_WORDS[COMP_CWORD]}"}
            [[ ${COMP_WORDS[COMP_CWORD]} == [:=] ]] && have=$last
            COMPREPLY=()
            while read -r word; do
                COMPREPLY+=("${word#"$have"}")
            done < <(dnsguard complete -- "${words[@]}" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _dnsguard dnsguard

        """;

    private const string Zsh = """
        #compdef dnsguard
        # dnsguard completion for zsh. Load it:  source <(dnsguard completion zsh)
        # or put it into a folder of $fpath as _dnsguard.
        _dnsguard() {
            local -a replies
            replies=("${(@f)$(dnsguard complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            replies=("${(@)replies:#}")
            if (( $#replies )); then
                compadd -- "${(@)replies}"
            else
                _files
            fi
        }
        if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
            _dnsguard "$@"
        else
            compdef _dnsguard dnsguard
        fi

        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Write a script that makes the shell complete verbs, options and names") { shell };
        command.SetAction((arguments, _) => CliContext.GuardAsync(async () =>
        {
            await Console.Out.WriteAsync(arguments.GetValue(shell) == "zsh" ? Zsh : Bash).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command.WithExamples(("source <(dnsguard completion bash)", "in this shell"), ("dnsguard completion bash > /etc/bash_completion.d/dnsguard", "in every shell"));
    }
}
