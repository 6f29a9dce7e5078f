# SPDX-License-Identifier: Apache-2.0
# Prints what bash offers where a line ends: complete.bash SCRIPT LINE
set -u
# shellcheck source=/dev/null
source "$1" || exit 1
COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<< "$COMP_LINE"
[[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMPREPLY=()
# The function that the script has registered.
function=$(complete -p cmalab | sed 's/.* -F \([^ ]*\) .*/\1/')
"$function" cmalab "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
