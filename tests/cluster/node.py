"""The settings of the parts of a node, as their files and command lines."""

import json

# Ranges for benchmarks (RFC 2544): nothing real lives there.
NODE = "node0"
ADDRESS = "198.18.255.1"
PODS = "198.18.0.0/20"
SERVICES, FIRST_SERVICE = "198.19.0.0/16", "198.19.0.1"
DOMAIN = "cluster.local"


def network_commands():
    """An address of the node's own, and a way for everything else, so that what goes to a Service's address reaches
    the packet filter. Nothing is at the other end of the bridge."""
    return [
        "ip link set lo up",
        "ip link add node0 type bridge",
        f"ip address add {ADDRESS}/24 dev node0",
        "ip link set node0 up",
        "ip route add default dev node0",
        *(f"echo {value} >/proc/sys/net/{name}" for name, value in {
            "ipv4/ip_forward": 1,
            "ipv4/conf/all/rp_filter": 0,
            "ipv4/conf/default/rp_filter": 0,
            "bridge/bridge-nf-call-iptables": 1,
        }.items()),
    ]


def cni(folder):
    return json.dumps({
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [{
            "type": "bridge",
            "bridge": "pods0",
            "isGateway": True,
            "hairpinMode": True,
            "ipMasq": False,
            "ipam": {"type": "host-local", "dataDir": f"{folder}/addresses", "ranges": [[{"subnet": PODS}]],
                     "routes": [{"dst": "0.0.0.0/0"}]},
        }],
    })


def containerd(folder, socket, sandbox_image):
    return f"""\
version = 2
root = "{folder}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{sandbox_image}"
  # Without CAP_SYS_RESOURCE runc may not lower a score, and fails when it is asked to.
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "{folder}/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
"""


def kubelet(folder, socket, ca, pair, cgroup):
    return json.dumps({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {"x509": {"clientCAFile": str(ca)}},
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(pair[0]),
        "tlsPrivateKeyFile": str(pair[1]),
        "containerRuntimeEndpoint": f"unix://{socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "clusterDNS": [ADDRESS],
        "clusterDomain": DOMAIN,
        "resolvConf": f"{folder}/resolv.conf",
        # A full disk of the machine is not this node's.
        "evictionHard": {name: "0%" for name in ("imagefs.available", "nodefs.available", "nodefs.inodesFree")},
        "imageGCHighThresholdPercent": 100,
        "volumePluginDir": f"{folder}/volume-plugins",
    })


def coredns(kubeconfig):
    return f"""\
.:53 {{
  bind {ADDRESS}
  errors
  ready
  kubernetes {DOMAIN} in-addr.arpa {{
    kubeconfig {kubeconfig}
  }}
  cache 5
}}
"""
