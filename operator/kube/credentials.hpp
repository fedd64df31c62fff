// Where the API server is and how to prove who we are: from inside a pod, or from a kubeconfig for development.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operator/kube/material.hpp"
#include "operator/kube/transport.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::kube {

struct Credentials {
  Peer peer;
  Material token = {};              // bearer; empty: the certificate is all there is
  std::string namespace_name = {};  // the pod's own, or the context's; "default" where neither says
};

// Reads a variable of the environment; none when it is not set. An argument, so that tests need no environment.
using Environment = std::function<std::optional<std::string>(const char*)>;
Environment process_environment();

// What the kubelet gives every pod: KUBERNETES_SERVICE_HOST and _PORT, and the files token, ca.crt and namespace in
// `folder`. IPv6 addresses are taken with and without brackets. Only that ca.crt is believed.
inline constexpr std::string_view kServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
Result<Credentials> in_cluster(const Environment& environment,
                               const std::filesystem::path& folder = kServiceAccountFolder);

struct KubeconfigOptions {
  std::string context = {};     // empty: the file's current-context
  bool allow_insecure = false;  // whether insecure-skip-tls-verify may be obeyed
};

// kubectl's files, merged as kubectl merges them: of two entries of one name the first counts. Relative paths start at
// the file that names them. Understood are token, tokenFile, client-certificate(-data), client-key(-data),
// certificate-authority(-data), insecure-skip-tls-verify and namespace. What would change who we are or whom we believe
// and is not understood (exec, auth-provider, username, as, proxy-url, tls-server-name) is refused, with file and
// field.
Result<Credentials> from_kubeconfig(const std::vector<std::filesystem::path>& files, const KubeconfigOptions& options);

// The files that kubectl would read: $KUBECONFIG, a list with colons, else ~/.kube/config.
std::vector<std::filesystem::path> kubeconfig_files(const Environment& environment);

}  // namespace mlgateway::kube
