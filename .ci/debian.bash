# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A new Debian to try things in, from the mirrors of this machine's apt. Its root is in $root, and it is
# removed when the script that sources this ends.

root=
mounted=()

remove_debian() {
  local place
  for place in "${mounted[@]}"; do umount --lazy "$root$place"; done
  mounted=()
  [[ -z $root ]] || rm -rf --one-file-system "$root"
}
trap remove_debian EXIT

# lend PLACE FOLDER OPTION...: mounts a folder of this machine
lend() {
  local place=$1 folder=$2
  shift 2
  mkdir -p "$root$place"
  mount --bind "$@" "$folder" "$root$place"
  mounted=("$place" "${mounted[@]}")
}

# The mirrors of this machine's apt: "ADDRESS SUITE" of each.
mirrors() {
  LC_ALL=C apt-get update --print-uris | sed -nE "s|^'(.*)/dists/([^/]*)/InRelease'.*|\1 \2|p"
}

# new_debian SUITE
new_debian() {
  local suite=$1 host mirror log place
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  (( UID == 0 )) || { echo "$0: debootstrap and chroot are for root" >&2; exit 2; }
  command -v debootstrap > /dev/null || { echo "$0: install debootstrap" >&2; exit 2; }
  host=$(sed -n "s/^VERSION_CODENAME=//p" /etc/os-release)
  mirror=$(mirrors | awk -v suite="$host" '$2 == suite { print $1; exit }')
  remove_debian
  root=$(mktemp -d)
  echo "== a new $suite in $root"
  log=$root.log
  debootstrap --variant=minbase --keyring="$keyring" "$suite" "$root" "$mirror" > "$log" || {
    tail -n 5 "$log" >&2
    exit 1
  }
  rm "$log"
  mirrors | sed -nE "s/^(.*) $host(-security|-updates|)$/\1 $suite\2/p" | sort -u \
    | sed "s/^/deb /; s/\$/ main/" > "$root/etc/apt/sources.list"
  apt-config dump | grep '^Acquire::' > "$root/etc/apt/apt.conf.d/90this-machine" || true
  cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
  # A root of its own, as unshare(1) wants it, and terminals.
  lend '' "$root"
  for place in /proc /sys /dev /dev/pts /dev/shm; do lend "$place" "$place"; done
  in_debian apt-get update -qq
}

# in_debian COMMAND...
in_debian() {
  chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/opt/toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
