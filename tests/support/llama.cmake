# What of llama.cpp is compiled for tests/realmodel; CMake reads it at each project() of llama-cpp-python's build.
# Variables of this kind stand before the cache entries by which that build and llama.cpp itself say what they want.
set(LLAMA_BUILD_COMMON OFF)  # what llama.cpp's own programs share; Python loads the library only
set(LLAVA_BUILD OFF)         # images
set(GGML_LLAMAFILE OFF)      # faster products of matrices
set(GGML_CPU_REPACK OFF)     # more of them
set(GGML_OPENMP OFF)         # one thread is enough
set(GGML_NATIVE OFF)         # the cache folder may move to another processor
