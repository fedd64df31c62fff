// The records on disk: DIR/history/KIND.NAMESPACE.NAME.json, readable by their owner only.
#pragma once

#include <filesystem>

#include "operator/local/memory.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

class RecordFolder {
 public:
  explicit RecordFolder(std::filesystem::path path) : path_(std::move(path)) {}

  // Makes the folder and reads what is in it. A file that cannot be understood is as one that is not there.
  Result<Records> open(const Admission& admission);

  // Writes what changed, removes what is gone.
  Status save(const Records& records);

 private:
  std::filesystem::path path_;
  Records written_;  // what is on the disk
};

}  // namespace mlgateway::local
