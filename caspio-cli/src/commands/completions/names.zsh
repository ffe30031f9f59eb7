
# The names of tables, views and profiles, which `caspio names` has without a call.
_caspio_with_names() {
    local ret
    local -a names
    names=(${(f)"$("${words[1]}" names -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    _caspio "$@"
    ret=$?
    (( $#names )) && compadd -a names && ret=0
    return ret
}
compdef _caspio_with_names caspio
