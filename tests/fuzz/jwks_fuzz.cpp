// Key sets, libFuzzer's entry; see run.
#include "tests/fuzz/jwt_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::jose::broken_key_set_property);
}
