// What the cache reads of bodies and of Cache-Control, libFuzzer's entry; see run.
#include "tests/fuzz/cache_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::cache::broken_cache_property);
}
