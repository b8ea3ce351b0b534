internal import ArgumentParser

struct CompletionVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print what a shell needs to complete verbs, recipes, their arguments, and live names.",
        discussion: """
            bash: source <(pgbc completion bash) in ~/.bashrc. zsh: pgbc completion zsh > a file _pgbc in a folder of $fpath. \
            fish: pgbc completion fish > ~/.config/fish/completions/pgbc.fish.
            """
    )

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func perform(in context: CommandContext) async throws {
        context.terminal.write(shell.script, to: .output)
    }
}

extension CompletionVerb.Shell {
    /// What the shell is to source. It asks `pgbc __complete` for each word.
    var script: String {
        switch self {
        case .bash:
            """
            _pgbc() {
                local word
                COMPREPLY=()
                while IFS=$'\\t' read -r word _; do
                    [[ ${COMP_WORDS[COMP_CWORD]} == = || ${COMP_WORDS[COMP_CWORD - 1]} == = ]] && word=${word#*=}
                    COMPREPLY+=("$word")
                done < <("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
            }
            complete -o bashdefault -o default -F _pgbc pgbc

            """
        case .zsh:
            """
            #compdef pgbc
            _pgbc() {
                local -a found
                local line
                for line in "${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                    [[ -n $line ]] && found+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
                done
                if (( $#found )); then _describe -t pgbc pgbc found; else _files; fi
            }
            if [[ $funcstack[1] == _pgbc ]]; then _pgbc; else compdef _pgbc pgbc; fi

            """
        case .fish:
            """
            function __pgbc_complete
                set -l words (commandline -opc)
                set -l word (commandline -ct)
                set -l found ($words[1] __complete -- $words[2..-1] "$word" 2>/dev/null)
                if set -q found[1]
                    printf '%s\\n' $found
                    return
                end
                set -l parts (string split -m 1 = -- "$word")
                if string match -q -- '--*=*' "$word"
                    __fish_complete_path "$parts[2]" | string replace -r -- '^' "$parts[1]="
                else
                    __fish_complete_path "$word"
                end
            end
            complete -c pgbc -f -a '(__pgbc_complete)'

            """
        }
    }
}
