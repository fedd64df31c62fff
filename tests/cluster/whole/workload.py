"""A small web server in the restricted profile, whose page is written by a native sidecar, and its Service."""

import images

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


def container(name, script, **more):
    return {
        "name": name,
        "image": images.SHELL,
        "imagePullPolicy": "Never",
        "command": ["sh", "-c", script],
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "500m", "memory": "64Mi"}},
        "volumeMounts": [{"name": "pages", "mountPath": "/pages"}],
        **more,
    }


def pod():
    page = "echo from the sidecar >/pages/index.html; echo sidecar began"
    sidecar = container(
        "sidecar", f"{page}; trap exit TERM; while :; do sleep 1; done", restartPolicy="Always",
        startupProbe={"exec": {"command": ["cat", "/pages/index.html"]}, "periodSeconds": 1, "timeoutSeconds": 10,
                      "failureThreshold": 60},
    )
    server = container(
        "server", "echo server began; exec httpd -f -p 8080 -h /pages", ports=[{"name": "http", "containerPort": 8080}],
        readinessProbe={"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 1},
    )
    return {
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "initContainers": [sidecar],
        "containers": [server],
        "volumes": [{"name": "pages", "emptyDir": {}}],
    }


def deployment(namespace, replicas=2):
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
                 "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod()}},
    }


def service(namespace):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]},
    }
