
# The names of tables, views and profiles, which `caspio names` has without a call.
function __caspio_names
    set -l words (commandline -opc)
    $words[1] names -- $words[2..] (commandline -ct) 2>/dev/null
end
complete -c caspio -a '(__caspio_names)'
