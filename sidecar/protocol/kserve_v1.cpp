// KServe's V1 protocol, which is TensorFlow Serving's over HTTP, without the labels and the classify and regress verbs
// that only the latter has.
#include <array>

#include "sidecar/protocol/path_rules.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::array kPaths = {
    PathRule{"/v1/models/{model}:predict", kPost, Operation::Infer},
    PathRule{"/v1/models/{model}:explain", kPost, Operation::Infer},
    PathRule{"/v1/models/{model}/versions/{version}:predict", kPost, Operation::Infer},
    PathRule{"/v1/models/{model}/versions/{version}:explain", kPost, Operation::Infer},
    PathRule{"/v1/models/{model}", kRead, Operation::Ready},
    PathRule{"/v1/models/{model}/versions/{version}", kRead, Operation::Ready},
    PathRule{"/v1/models/{model}/metadata", kRead, Operation::Metadata},
    PathRule{"/v1/models/{model}/versions/{version}/metadata", kRead, Operation::Metadata},
};

}  // namespace

std::span<const PathRule> kserve_v1_paths() { return kPaths; }

}  // namespace mlgateway::protocol
