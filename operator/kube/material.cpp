#include "operator/kube/material.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace mlgateway::kube {

Result<std::string> read(const Material& material) {
  if (!material.text.empty() || material.file.empty()) return material.text;
  std::ifstream in(material.file, std::ios::binary);
  if (!in) return Error(Reason::Internal, "cannot read " + material.file.string() + ": " + std::strerror(errno));
  std::string text(kMostMaterial + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || (text.empty() && !in.eof())) {
    return Error(Reason::Internal, "cannot read " + material.file.string());
  }
  if (text.size() > kMostMaterial) {
    return Error(Reason::Internal, material.file.string() + " is larger than any certificate or token");
  }
  return text;
}

}  // namespace mlgateway::kube
