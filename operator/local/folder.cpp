#include "operator/local/folder.hpp"

#include <system_error>
#include <utility>

#include "operator/local/files.hpp"

namespace mlgateway::local {
namespace {

bool is_manifest(const std::string& name) {
  return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"));
}

Result<std::set<std::string>> manifests_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  std::error_code failure;
  std::filesystem::directory_iterator entries(folder, failure);
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    std::string name = entries->path().filename().string();
    if (is_manifest(name)) names.insert(std::move(name));
  }
  if (failure) return Error(Reason::Internal, "cannot read the folder " + folder.string() + ": " + failure.message());
  return names;
}

}  // namespace

Folder::Known Folder::read_one(const std::string& name) const {
  auto text = read_file(path_ / name, kMostFileBytes);
  if (!text) {
    Reading unreadable;
    unreadable.unreadable.push_back({name, 1, text.error().message, std::nullopt});
    return {"", std::make_shared<const Reading>(std::move(unreadable))};
  }
  const auto before = known_.find(name);
  if (before != known_.end() && before->second.text == *text && !text->empty()) return before->second;
  auto reading = std::make_shared<const Reading>(admission_.read(name, *text));
  return {std::move(*text), std::move(reading)};
}

Result<std::vector<std::shared_ptr<const Reading>>> Folder::read(const std::set<std::string>& being_written) {
  auto names = manifests_in(path_);
  if (!names) return names.error();
  std::map<std::string, Known> found;
  std::vector<std::shared_ptr<const Reading>> readings;
  for (const std::string& name : *names) {
    const auto before = known_.find(name);
    const bool wait = being_written.contains(name);
    if (wait && before == known_.end()) continue;
    Known known = wait ? before->second : read_one(name);
    readings.push_back(known.reading);
    found.emplace(name, std::move(known));
  }
  known_ = std::move(found);
  return readings;
}

}  // namespace mlgateway::local
