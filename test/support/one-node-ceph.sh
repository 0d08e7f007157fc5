#!/usr/bin/env bash
# A real S3 service on loopback: one Ceph monitor, one OSD that keeps its data in memory, one RADOS gateway.
#   one-node-ceph.sh install   Debian packages (needs root)
#   one-node-ceph.sh up        starts the three daemons; they are gone, with all data, after `down`
#   one-node-ceph.sh down      ends the daemons whose pid files are in $DIR
#   one-node-ceph.sh collect   frees the memory of deleted objects, which Ceph itself does hours later
# Environment: DIR, RGW_PORT, MON_PORT and the keys of three users (all required for `up`):
#   S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY             `test`, who owns the buckets
#   LIMITED_ACCESS_KEY_ID, LIMITED_SECRET_ACCESS_KEY   `limited`, who makes none and may do what bucket policies allow
#   ISSUER_ACCESS_KEY_ID, ISSUER_SECRET_ACCESS_KEY     `issuer`, who may assume the role `uploads`, and nothing else
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
rgw_s3_auth_use_sts = true
# In the default order a presigned request with a wrong signature is AccessDenied, not SignatureDoesNotMatch.
rgw_s3_auth_order = local, sts
# 16 hexadecimal digits; session tokens are encrypted with it.
rgw_sts_key = $(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
CONF
}

write_keyring() {
  local tool=(ceph-authtool "$DIR/keyring" --gen-key)
  "${tool[@]}" --create-keyring -n mon. --cap mon 'allow *'
  "${tool[@]}" -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  "${tool[@]}" -n client.rgw --cap mon 'allow *' --cap osd 'allow *'
  "${tool[@]}" -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
}

# uid, access key, secret key, further options
create_user() {
  radosgw-admin -n client.rgw user create --uid="$1" --display-name="$1" \
    --access-key="$2" --secret-key="$3" "${@:4}"
}

# It may do anything, so that whatever temporary credentials may not do is refused by their session policy.
create_role() {
  radosgw-admin -n client.rgw role create --role-name=uploads --assume-role-policy-doc='{
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::user/issuer"}, "Action": "sts:AssumeRole"}]
  }'
  radosgw-admin -n client.rgw role-policy put --role-name=uploads --policy-name=all --policy-doc='{
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}]
  }'
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
  create_user test "$S3_ACCESS_KEY_ID" "$S3_SECRET_ACCESS_KEY"
  create_user limited "$LIMITED_ACCESS_KEY_ID" "$LIMITED_SECRET_ACCESS_KEY" --max-buckets=-1
  create_user issuer "$ISSUER_ACCESS_KEY_ID" "$ISSUER_SECRET_ACCESS_KEY" --max-buckets=-1
  create_role
  radosgw -n client.rgw
  curl -fsS --retry 300 --retry-delay 1 --retry-all-errors --retry-max-time 60 -o /dev/null "http://127.0.0.1:$RGW_PORT/"
}

up() {
  : "${DIR:?}" "${RGW_PORT:?}" "${MON_PORT:?}" "${S3_ACCESS_KEY_ID:?}" "${S3_SECRET_ACCESS_KEY:?}"
  : "${LIMITED_ACCESS_KEY_ID:?}" "${LIMITED_SECRET_ACCESS_KEY:?}" "${ISSUER_ACCESS_KEY_ID:?}" "${ISSUER_SECRET_ACCESS_KEY:?}"
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

collect() {
  export CEPH_CONF=${DIR:?}/ceph.conf
  radosgw-admin -n client.rgw gc process --include-all >"$DIR/collect.log" 2>&1
}

case ${1:-} in
  install) install_packages ;;
  up | down | collect) "$1" ;;
  *) sed -n '2,10p' "$0" && exit 2 ;;
esac
