
# The names of tables, views and profiles, which `caspio names` has without a call.
_caspio_with_names() {
    _caspio "$@"
    local name quoted
    local -a names=()
    while IFS= read -r name; do
        printf -v quoted %q "$name"
        names+=("$quoted")
    done < <("$1" names -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if ((${#names[@]})); then
        COMPREPLY=("${names[@]}")
    fi
}
complete -F _caspio_with_names -o bashdefault -o default caspio
