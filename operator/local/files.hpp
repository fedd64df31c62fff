// Files, as far as local mode needs them: whole ones, replaced at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "sidecar/base/result.hpp"

namespace mlgateway::local {

// The whole content; fails with the system's words, and on more than `most_bytes`.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes);

// Writes beside `path` and renames: a reader sees the old content or the new, never a part. The file gets `mode`.
Status write_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

// The same, unless the file has that content already. True when it was written.
Result<bool> write_file_if_changed(const std::filesystem::path& path, std::string_view content, mode_t mode);

// Makes the folder and its parents; the folder itself gets `mode` when it is new.
Status make_folder(const std::filesystem::path& path, mode_t mode);

}  // namespace mlgateway::local
