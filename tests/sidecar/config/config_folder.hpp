// A folder of its own for a test, written as operators and kubelets write it.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <stdlib.h>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

class ConfigFolder {
 public:
  ConfigFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mlgateway-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root_ = name;
    std::filesystem::create_directory(path());
  }
  ~ConfigFolder() { std::filesystem::remove_all(root_); }
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;

  std::filesystem::path path() const { return root_ / "gateway"; }
  std::filesystem::path file() const { return path() / kFileName; }

  // In place, as an editor may do it.
  void write(const std::string& text) const { std::ofstream(file(), std::ios::binary) << text; }

  // Beside it, then by a rename.
  void replace(const std::string& text) const {
    const auto next = path() / "next";
    std::ofstream(next, std::ios::binary) << text;
    std::filesystem::rename(next, file());
  }

  // As the kubelet: a new folder, `..data` switched to it by a rename, the old folder removed.
  void switch_data(const std::string& text) {
    const std::string name = "..2026_" + std::to_string(++switches_);
    const auto link = path() / "..data";
    const auto before = std::filesystem::is_symlink(link) ? std::filesystem::read_symlink(link) : "";
    std::filesystem::create_directory(path() / name);
    std::ofstream(path() / name / kFileName, std::ios::binary) << text;
    std::filesystem::create_symlink(name, path() / "..data_tmp");
    std::filesystem::rename(path() / "..data_tmp", link);
    if (!std::filesystem::is_symlink(file())) {
      std::filesystem::create_symlink(std::filesystem::path("..data") / kFileName, file());
    }
    if (!before.empty()) std::filesystem::remove_all(path() / before);
  }

 private:
  std::filesystem::path root_;
  int switches_ = 0;
};

}  // namespace mlgateway::config
