#include "operator/local/object_file.hpp"

#include "sidecar/config/digest.hpp"

namespace mlgateway::local {
namespace {

constexpr std::size_t kMostNameBytes = 240;  // of the 255 that a file system takes; the rest is for ".NAME.new"

}  // namespace

std::string object_file(const ObjectId& id, const std::string& suffix) {
  std::string name = to_string(id);  // "mlroute default/iris"
  for (char& c : name) {
    if (c == ' ' || c == '/') c = '.';
  }
  if (name.size() + suffix.size() <= kMostNameBytes) return name + suffix;
  const std::string digest = config::to_hex(config::sha256(name)).substr(0, 16);
  return name.substr(0, kMostNameBytes - suffix.size() - digest.size() - 1) + "." + digest + suffix;
}

}  // namespace mlgateway::local
