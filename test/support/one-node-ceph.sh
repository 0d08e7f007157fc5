#!/usr/bin/env bash
# A real S3 service on loopback: one Ceph monitor, one OSD that keeps its data in memory, one RADOS gateway.
#   one-node-ceph.sh install   Debian packages (needs root)
#   one-node-ceph.sh up        starts the three daemons; they are gone, with all data, after `down`
#   one-node-ceph.sh down      ends the daemons whose pid files are in $DIR
# Environment: DIR, RGW_PORT, MON_PORT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY (all required for `up`).
set -euo pipefail

install_packages() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    ceph-mon ceph-osd radosgw curl >/dev/null
}

write_config() {
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $1
mon_host = v2:127.0.0.1:$MON_PORT
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
keyring = $DIR/keyring
run_dir = $DIR/run
pid_file = $DIR/run/\$name.pid
admin_socket = $DIR/run/\$name.asok
log_file = $DIR/\$name.log
mon_data = $DIR/mon
mon_data_avail_crit = 1
mon_allow_pool_size_one = true
osd_data = $DIR/osd
osd_objectstore = memstore
memstore_device_bytes = ${MEMORY:-8589934592}
# Debian's build has a relative default here, and the OSD then refuses the gateway's calls.
osd_class_dir = $(dirname "$(find /usr/lib -name 'libcls_rgw.so*' -print -quit)")
osd_crush_chooseleaf_type = 0
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_max_pg_per_osd = 1000
[client.rgw]
# Without tcp_nodelay the gateway holds back replies that have a body for about 44 ms.
rgw_frontends = beast endpoint=127.0.0.1:$RGW_PORT tcp_nodelay=1
CONF
}

write_keyring() {
  local tool=(ceph-authtool "$DIR/keyring" --gen-key)
  "${tool[@]}" --create-keyring -n mon. --cap mon 'allow *'
  "${tool[@]}" -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  "${tool[@]}" -n client.rgw --cap mon 'allow *' --cap osd 'allow *'
  "${tool[@]}" -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
}

boot() {
  local fsid osd_uuid
  fsid=$(</proc/sys/kernel/random/uuid)
  osd_uuid=$(</proc/sys/kernel/random/uuid)
  write_config "$fsid"
  write_keyring
  monmaptool --create --fsid "$fsid" --addv a "v2:127.0.0.1:$MON_PORT" "$DIR/monmap"
  ceph-mon --mkfs -i a --monmap "$DIR/monmap"
  ceph-mon -i a
  ceph osd new "$osd_uuid"
  ceph-osd -i 0 --mkfs --osd-uuid "$osd_uuid"
  ceph-osd -i 0
  radosgw-admin -n client.rgw user create --uid=test --display-name=test \
    --access-key="$S3_ACCESS_KEY_ID" --secret-key="$S3_SECRET_ACCESS_KEY"
  radosgw -n client.rgw
  curl -fsS --retry 300 --retry-delay 1 --retry-all-errors --retry-max-time 60 -o /dev/null "http://127.0.0.1:$RGW_PORT/"
}

up() {
  : "${DIR:?}" "${RGW_PORT:?}" "${MON_PORT:?}" "${S3_ACCESS_KEY_ID:?}" "${S3_SECRET_ACCESS_KEY:?}"
  export CEPH_CONF=$DIR/ceph.conf
  mkdir -p "$DIR"/{mon,osd,run}
  boot >"$DIR/boot.log" 2>&1 </dev/null || {
    tail -n 20 "$DIR/boot.log" >&2
    exit 1
  }
}

down() {
  local file
  for file in "${DIR:?}"/run/client.rgw.pid "$DIR"/run/osd.0.pid "$DIR"/run/mon.a.pid; do
    [[ -s $file ]] || continue
    # The data is thrown away, so there is nothing that an orderly stop would save.
    kill -9 "$(<"$file")" 2>/dev/null || true
  done
}

case ${1:-} in
  install) install_packages ;;
  up | down) "$1" ;;
  *) sed -n '2,6p' "$0" && exit 2 ;;
esac
