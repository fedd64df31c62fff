// TorchServe's inference interface; its management interface has a port of its own and is not served.
#include <array>

#include "sidecar/protocol/path_rules.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::array kPaths = {
    PathRule{"/predictions/{model}", kPost, Operation::Infer},
    PathRule{"/predictions/{model}/{version}", kPost, Operation::Infer},
    PathRule{"/explanations/{model}", kPost, Operation::Infer},
    PathRule{"/explanations/{model}/{version}", kPost, Operation::Infer},
    PathRule{"/ping", kRead, Operation::Ready},
};

}  // namespace

std::span<const PathRule> torchserve_paths() { return kPaths; }

}  // namespace mlgateway::protocol
