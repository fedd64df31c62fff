// The folder of manifests.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "operator/local/admission.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

// Reads every *.yaml and *.yml of one folder (not of its subfolders; names with a leading dot are left out), in the
// order of their names. A file that did not change is not parsed again.
class Folder {
 public:
  // `admission` must outlive it.
  Folder(std::filesystem::path path, const Admission& admission) : path_(std::move(path)), admission_(admission) {}

  // Files named in `being_written` are taken as they were before; one that was not there before is left out. Fails
  // only when the folder itself cannot be read.
  Result<std::vector<std::shared_ptr<const Reading>>> read(const std::set<std::string>& being_written);

 private:
  struct Known {
    std::string text;
    std::shared_ptr<const Reading> reading;
  };

  Known read_one(const std::string& name) const;

  std::filesystem::path path_;
  const Admission& admission_;
  std::map<std::string, Known> known_;
};

}  // namespace mlgateway::local
