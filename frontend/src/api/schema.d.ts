// Made from the OpenAPI document by frontend/web.sh; not to be edited.

export interface paths {
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Open an account; it can be used at once.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Login
         * @description Sign in with username or e-mail; the fifth failure in a row locks the account.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh
         * @description Exchange a refresh token, in the body or in the query, for a new pair.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logout
         * @description End the session of the refresh token, or all of them with a bearer token alone.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description Who the access token belongs to.
         */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change Password
         * @description Take another password; all other sessions end, this one goes on.
         *
         *     A wrong `current_password` counts as one at the sign-in: the fifth in a row locks the account.
         */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Account
         * @description Delete the account with its trips, routes and files; what is being processed is cancelled.
         *
         *     Name and e-mail are free again at once. A wrong `password` counts as one at the sign-in.
         */
        delete: operations["delete_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips/gpx-wizard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Trip With Route
         * @description Publish a trip with its route; neither is left without the other.
         */
        post: operations["create_trip_with_route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Trip
         * @description Start a trip; it is a draft until it is published.
         */
        post: operations["create_trip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Public Trips
         * @description Everybody's published trips, newest first; the list ends after the newest 10,000.
         */
        get: operations["list_public_trips"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips/{trip_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trip
         * @description A trip, with its route once that is completed.
         */
        get: operations["get_trip"];
        /**
         * Update Trip
         * @description Change a trip; what the body leaves out stays as it is.
         */
        put: operations["update_trip"];
        post?: never;
        /**
         * Delete Trip
         * @description Delete a trip with its route and the stored file.
         */
        delete: operations["delete_trip"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips/{trip_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish Trip
         * @description Show a trip to everybody, unless it is private; needs a description worth reading.
         */
        post: operations["publish_trip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{username}/trips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List User Trips
         * @description A cyclist's trips that the caller may see; without a `sort_by` those that began last first.
         *
         *     `q` is a part of the title, `year` that of the start.
         */
        get: operations["list_user_trips"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips/{trip_id}/gpx": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trip Gpx
         * @description The file and the headline numbers of a trip's route.
         */
        get: operations["get_trip_gpx"];
        put?: never;
        /**
         * Upload Gpx
         * @description Upload a trip's route; it is processed after the answer, see `/gpx/{id}/status`.
         *
         *     GPX, TCX, FIT and CSV are taken, also packed by gzip or alone in a zip archive. `mapping` is a
         *     JSON object that gives the header of each column of a CSV by our keys.
         *
         *     A file of up to 1 MiB is read before the answer: what cannot be read is refused at once.
         *
         *     With `Prefer: wait=N` the answer waits up to N seconds for the result, and is 201 with it.
         */
        post: operations["upload_gpx"];
        /**
         * Delete Trip Gpx
         * @description Delete a trip's route with its file; while it is processed, this cancels it.
         */
        delete: operations["delete_trip_gpx"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/analyze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Analyze
         * @description What a file says; nothing is stored.
         *
         *     Of a CSV it also tells how it is written and which columns were recognised. `mapping` is a JSON
         *     object that gives the header of each column by our keys.
         */
        post: operations["analyze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Status
         * @description Where an upload is on its way to a track.
         */
        get: operations["get_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/track": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Track
         * @description The track at any level of detail, and the statistics of the route.
         *
         *     `tolerance_m` leaves out what deviates less than that from the line, and below 10 it adds the
         *     points of the recording that deviate more; `max_points` makes the line as coarse as it takes.
         *     Without a `tolerance_m`, as with 0, it is the line of 10 m. `Accept: application/geo+json` gives
         *     GeoJSON.
         */
        get: operations["get_track"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download
         * @description The original file, byte for byte; or the whole mended recording as GPX, CSV or GeoJSON.
         *
         *     `simplified` gives the simplified track as a GPX file, whatever the format.
         */
        get: operations["download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Runs
         * @description The attempts at processing an upload, the newest first, and what each replaced.
         */
        get: operations["get_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reprocess
         * @description Make the track anew from the stored original; nothing happens while it is being made.
         */
        post: operations["reprocess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Series
         * @description The ride as columns, for profiles and analysis.
         *
         *     `fields`, separated by commas: `distance_km`, `time` (seconds since 1970-01-01 UTC), `latitude`,
         *     `longitude`, `segment`, `elevation` (as recorded), `elevation_smoothed`, `gradient`,
         *     `speed_kmh`, `heart_rate_bpm`, `cadence_rpm`, `power_w`, `temperature_c`. Of more than `samples`
         *     points those stay that can be seen: the lowest and highest of each stretch, and no averages.
         */
        get: operations["get_series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gpx/{gpx_file_id}/stretch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Stretch
         * @description What lies between two places of a ride, by the same measures as the whole.
         *
         *     Without `to_km` the stretch ends with the ride.
         */
        get: operations["get_stretch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alive
         * @description Answers as long as the process does.
         */
        get: operations["alive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Whether uploads can be taken and processed; 503 when database or storage is down.
         *
         *     Without broker or workers the service is still ready: it processes everything itself.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Metrics
         * @description Counters, durations and gauges in Prometheus' text format.
         *
         *     Where `METRICS_TOKEN` is set, only who knows it is answered.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AccountDeletion
         * @example {
         *       "password": "Subida-2026!"
         *     }
         */
        AccountDeletion: {
            /** Password */
            password: string;
        };
        /** Alive */
        Alive: {
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /** AuthorOut */
        AuthorOut: {
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
            /** Username */
            username: string;
            /** Full Name */
            full_name: string | null;
            /** Profile Photo Url */
            profile_photo_url: string | null;
            /** Is Following */
            is_following: boolean | null;
        };
        /** ClimbOut */
        ClimbOut: {
            /** Start Km */
            start_km: number;
            /** End Km */
            end_km: number;
            /** Distance Km */
            distance_km: number;
            /** Elevation Gain M */
            elevation_gain_m: number;
            /** Avg Gradient */
            avg_gradient: number;
            /** Max Gradient */
            max_gradient: number;
            /** Category */
            category: string | null;
            /** Description */
            description: string;
        };
        /** Coordinate */
        Coordinate: {
            /** Latitude */
            latitude: number;
            /** Longitude */
            longitude: number;
        };
        /** Deleted */
        Deleted: {
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            /**
             * Deleted
             * @default true
             * @constant
             */
            deleted: true;
        };
        /**
         * DeviceDifferenceOut
         * @description A number that the recorder and we do not agree on, with the likeliest reason.
         */
        DeviceDifferenceOut: {
            /**
             * Number
             * @enum {string}
             */
            number: "distance_km" | "elevation_gain" | "elevation_loss" | "total_time_minutes" | "moving_time_minutes" | "avg_speed_kmh" | "max_speed_kmh";
            /** Ours */
            ours: number;
            /** Theirs */
            theirs: number;
            reason: components["schemas"]["Reason"];
        };
        /**
         * DeviceTotalsOut
         * @description What the recorder itself says of the ride; null where it does not say.
         *
         *     `moving_time_minutes` is how long its timer ran. `differences` are the numbers that differ from
         *     ours by more than a hundredth, with the likeliest reason; none of them means that one is wrong.
         */
        DeviceTotalsOut: {
            /** Distance Km */
            distance_km: number | null;
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Total Time Minutes */
            total_time_minutes: number | null;
            /** Moving Time Minutes */
            moving_time_minutes: number | null;
            /** Avg Speed Kmh */
            avg_speed_kmh: number | null;
            /** Max Speed Kmh */
            max_speed_kmh: number | null;
            /** Device */
            device: string | null;
            /**
             * Differences
             * @default []
             */
            differences: components["schemas"]["DeviceDifferenceOut"][];
        };
        /**
         * Difficulty
         * @description From the easiest to the hardest.
         * @enum {string}
         */
        Difficulty: "easy" | "moderate" | "difficult" | "very_difficult" | "extreme";
        /** Envelope[Deleted] */
        Envelope_Deleted_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["Deleted"];
            /** Error */
            error: null;
        };
        /** Envelope[GpxMetadataOut] */
        Envelope_GpxMetadataOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["GpxMetadataOut"];
            /** Error */
            error: null;
        };
        /** Envelope[LoggedOut] */
        Envelope_LoggedOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["LoggedOut"];
            /** Error */
            error: null;
        };
        /** Envelope[PreviewOut] */
        Envelope_PreviewOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["PreviewOut"];
            /** Error */
            error: null;
        };
        /** Envelope[RegisteredUser] */
        Envelope_RegisteredUser_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["RegisteredUser"];
            /** Error */
            error: null;
        };
        /** Envelope[SeriesOut] */
        Envelope_SeriesOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["SeriesOut"];
            /** Error */
            error: null;
        };
        /** Envelope[StatusOut] */
        Envelope_StatusOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["StatusOut"];
            /** Error */
            error: null;
        };
        /** Envelope[StretchOut] */
        Envelope_StretchOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["StretchOut"];
            /** Error */
            error: null;
        };
        /** Envelope[TokenOut] */
        Envelope_TokenOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["TokenOut"];
            /** Error */
            error: null;
        };
        /** Envelope[TrackOut] */
        Envelope_TrackOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["TrackOut"];
            /** Error */
            error: null;
        };
        /** Envelope[TripList] */
        Envelope_TripList_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["TripList"];
            /** Error */
            error: null;
        };
        /** Envelope[TripOut] */
        Envelope_TripOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["TripOut"];
            /** Error */
            error: null;
        };
        /** Envelope[UploadOut] */
        Envelope_UploadOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["UploadOut"];
            /** Error */
            error: null;
        };
        /** Envelope[UserOut] */
        Envelope_UserOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["UserOut"];
            /** Error */
            error: null;
        };
        /** Envelope[WizardOut] */
        Envelope_WizardOut_: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            data: components["schemas"]["WizardOut"];
            /** Error */
            error: null;
        };
        /** Envelope[list[RunOut]] */
        Envelope_list_RunOut__: {
            /**
             * Success
             * @default true
             * @constant
             */
            success: true;
            /** Data */
            data: components["schemas"]["RunOut"][];
            /** Error */
            error: null;
        };
        /**
         * ErrorCode
         * @enum {string}
         */
        ErrorCode: "VALIDATION_ERROR" | "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "HTTP_404" | "HTTP_405" | "BAD_REQUEST" | "BODY_TOO_LARGE" | "RATE_LIMITED" | "INTERNAL_ERROR" | "USERNAME_TAKEN" | "EMAIL_TAKEN" | "INVALID_CREDENTIALS" | "WRONG_PASSWORD" | "ACCOUNT_LOCKED" | "INVALID_REFRESH_TOKEN" | "INVALID_FILE_TYPE" | "FILE_TOO_LARGE" | "TRIP_ALREADY_HAS_GPX" | "INVALID_GPX_FORMAT" | "NOT_PROCESSED" | "INVALID_GPX_FILE" | "IDEMPOTENCY_KEY_REUSED" | "DTD_REFUSED" | "NO_USABLE_POINTS" | "TOO_MANY_POINTS" | "DATABASE_UNAVAILABLE" | "STORAGE_UNAVAILABLE" | "OUT_OF_MEMORY" | "SERVICE_BUSY" | "PROCESSING_TIMEOUT" | "PROCESSING_ABANDONED" | "FILE_CORRUPTED" | "ANALYSIS_TOO_LARGE";
        /**
         * ErrorDetail
         * @description `reason` and the rest are there where a file was refused for what is in it.
         *
         *     `details` tell what the reason is about: `missing` keys of a mapping; `key`, `header` and `why`
         *     or `example`; `rows` with `line` and `why`; a `count`. `csv` is what a table looks like, where
         *     nothing but its columns may be in the way.
         */
        ErrorDetail: {
            code: components["schemas"]["ErrorCode"];
            /** Message */
            message: string;
            /** Field */
            field: string | null;
            reason?: components["schemas"]["FileReason"] | null;
            /** Line */
            line?: number | null;
            /** Details */
            details?: {
                [key: string]: unknown;
            } | null;
            csv?: components["schemas"]["TableOut"] | null;
        };
        /**
         * ErrorEnvelope
         * @description An answer that tells what went wrong.
         */
        ErrorEnvelope: {
            /**
             * Success
             * @default false
             * @constant
             */
            success: false;
            /** Data */
            data: null;
            error: components["schemas"]["ErrorDetail"];
        };
        /**
         * FileReason
         * @description Why a file cannot be read; a stable word for programs, its sentence in `FILE_REASONS`.
         * @enum {string}
         */
        FileReason: "empty" | "cut_off" | "not_well_formed" | "mismatched_tag" | "unknown_encoding" | "wrong_encoding" | "dtd" | "other_format" | "too_few_points" | "too_many_points" | "too_many_waypoints" | "too_much_markup" | "too_many_messages" | "no_header" | "missing_columns" | "unusable_mapping" | "ambiguous_dates" | "nothing_readable" | "too_many_columns" | "row_too_long" | "damaged_archive" | "encrypted_archive" | "unsupported_archive" | "nested_archive" | "no_track_log" | "several_track_logs" | "too_many_entries" | "unpacked_too_large" | "unreadable";
        /**
         * Format
         * @description What a route may be downloaded as.
         * @enum {string}
         */
        Format: "original" | "gpx" | "csv" | "geojson";
        /**
         * GpxMetadataOut
         * @description The upload of a trip.
         *
         *     As in a list, and between which two numbers the elevation gain lies in 90 of 100 rides: both
         *     null where that is not known.
         */
        GpxMetadataOut: {
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Max Elevation */
            max_elevation: number | null;
            /** Min Elevation */
            min_elevation: number | null;
            /** Distance Km */
            distance_km: number | null;
            /** Has Elevation */
            has_elevation: boolean | null;
            /** Has Timestamps */
            has_timestamps: boolean | null;
            /** Total Points */
            total_points: number | null;
            /** Simplified Points */
            simplified_points: number | null;
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            processing_status: components["schemas"]["ProcessingStatus"];
            /**
             * Uploaded At
             * Format: date-time
             */
            uploaded_at: string;
            /** Processed At */
            processed_at: string | null;
            /** Error Message */
            error_message: string | null;
            /** File Name */
            file_name: string;
            /** File Size */
            file_size: number;
            error_code: components["schemas"]["ErrorCode"] | null;
            /** Warnings */
            warnings: components["schemas"]["WarningOut"][] | null;
            sensors: components["schemas"]["SensorsOut"] | null;
            /** Start Time */
            start_time: string | null;
            /** Start Local */
            start_local: string | null;
            preview: components["schemas"]["LinePreviewOut"] | null;
            device_totals: components["schemas"]["DeviceTotalsOut"] | null;
            /** Elevation Gain Low */
            elevation_gain_low: number | null;
            /** Elevation Gain High */
            elevation_gain_high: number | null;
        };
        /** GradientClassOut */
        GradientClassOut: {
            /** Distance Km */
            distance_km: number;
            /** Percentage */
            percentage: number;
            /** Uphill Km */
            uphill_km: number;
            /** Downhill Km */
            downhill_km: number;
        };
        /**
         * GradientDistributionOut
         * @description Up to 3, 6 and 10 percent, and steeper, up or down.
         */
        GradientDistributionOut: {
            llano: components["schemas"]["GradientClassOut"];
            moderado: components["schemas"]["GradientClassOut"];
            empinado: components["schemas"]["GradientClassOut"];
            muy_empinado: components["schemas"]["GradientClassOut"];
        };
        /**
         * LinePreviewOut
         * @description A line for a thumbnail.
         *
         *     `polyline` is an encoded polyline with five decimals, `bounds` west, south, east and north; a
         *     ride across the antimeridian has a west that is greater than its east.
         */
        LinePreviewOut: {
            /** Polyline */
            polyline: string;
            /** Bounds */
            bounds: [
                number,
                number,
                number,
                number
            ];
        };
        /**
         * ListedGpxOut
         * @description The upload of a trip in a list.
         *
         *     `start_time` is in UTC, `start_local` the wall clock where the ride began, with its offset.
         *     `device_totals` is what the recorder itself says of the ride, which only FIT and TCX files tell.
         */
        ListedGpxOut: {
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Max Elevation */
            max_elevation: number | null;
            /** Min Elevation */
            min_elevation: number | null;
            /** Distance Km */
            distance_km: number | null;
            /** Has Elevation */
            has_elevation: boolean | null;
            /** Has Timestamps */
            has_timestamps: boolean | null;
            /** Total Points */
            total_points: number | null;
            /** Simplified Points */
            simplified_points: number | null;
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            processing_status: components["schemas"]["ProcessingStatus"];
            /**
             * Uploaded At
             * Format: date-time
             */
            uploaded_at: string;
            /** Processed At */
            processed_at: string | null;
            /** Error Message */
            error_message: string | null;
            /** File Name */
            file_name: string;
            /** File Size */
            file_size: number;
            error_code: components["schemas"]["ErrorCode"] | null;
            /** Warnings */
            warnings: components["schemas"]["WarningOut"][] | null;
            sensors: components["schemas"]["SensorsOut"] | null;
            /** Start Time */
            start_time: string | null;
            /** Start Local */
            start_local: string | null;
            preview: components["schemas"]["LinePreviewOut"] | null;
            device_totals: components["schemas"]["DeviceTotalsOut"] | null;
        };
        /**
         * ListedTripOut
         * @description A trip in a list; `gpx_file` is its route once that is completed.
         *
         *     `upload` is where the file of its route is on its way, also when that has ended: for the owner
         *     alone, null for everybody else.
         */
        ListedTripOut: {
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
            author: components["schemas"]["AuthorOut"];
            /** Title */
            title: string;
            /** Description */
            description: string;
            status: components["schemas"]["TripStatus"];
            /**
             * Start Date
             * Format: date
             */
            start_date: string;
            /** End Date */
            end_date: string | null;
            /** Distance Km */
            distance_km: number | null;
            difficulty: components["schemas"]["Difficulty"] | null;
            /** Is Private */
            is_private: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Published At */
            published_at: string | null;
            /** Photos */
            photos: unknown[];
            /** Locations */
            locations: unknown[];
            /** Tags */
            tags: unknown[];
            /** Photo Count */
            photo_count: number;
            /** Tag Names */
            tag_names: string[];
            /** Thumbnail Url */
            thumbnail_url: string | null;
            /** Like Count */
            like_count: number;
            /** Is Liked */
            is_liked: boolean | null;
            gpx_file: components["schemas"]["ListedGpxOut"] | null;
            upload: components["schemas"]["UploadStateOut"] | null;
        };
        /** LoggedOut */
        LoggedOut: {
            /**
             * Logged Out
             * @default true
             * @constant
             */
            logged_out: true;
        };
        /**
         * LoginRequest
         * @example {
         *       "login": "ana",
         *       "password": "Subida-2026!"
         *     }
         */
        LoginRequest: {
            /** Login */
            login: string;
            /** Password */
            password: string;
        };
        /**
         * Mode
         * @enum {string}
         */
        Mode: "background" | "celery";
        /**
         * Order
         * @enum {string}
         */
        Order: "asc" | "desc";
        /**
         * Outcome
         * @description How one attempt at processing an upload ended.
         * @enum {string}
         */
        Outcome: "completed" | "failed" | "retry" | "abandoned" | "lost" | "handed_back" | "nothing_to_do";
        /** Pagination */
        Pagination: {
            /** Total */
            total: number;
            /** Page */
            page: number;
            /** Limit */
            limit: number;
            /** Total Pages */
            total_pages: number;
        };
        /**
         * PasswordChange
         * @example {
         *       "current_password": "Subida-2026!",
         *       "new_password": "Bajada-2027!"
         *     }
         */
        PasswordChange: {
            /** Current Password */
            current_password: string;
            /** New Password */
            new_password: string;
        };
        /**
         * PreviewOut
         * @description What a file says, before anything is stored; `csv` where it is a table.
         */
        PreviewOut: {
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Max Elevation */
            max_elevation: number | null;
            /** Min Elevation */
            min_elevation: number | null;
            /** Elevation Gain Low */
            elevation_gain_low: number | null;
            /** Elevation Gain High */
            elevation_gain_high: number | null;
            /** Distance Km */
            distance_km: number;
            /** Has Elevation */
            has_elevation: boolean;
            /** Has Timestamps */
            has_timestamps: boolean;
            /** Start Date */
            start_date: string | null;
            /** End Date */
            end_date: string | null;
            /** Total Time Minutes */
            total_time_minutes: number | null;
            /** Moving Time Minutes */
            moving_time_minutes: number | null;
            difficulty: components["schemas"]["Difficulty"];
            /** Suggested Title */
            suggested_title: string;
            /** Trackpoints */
            trackpoints: components["schemas"]["PreviewPoint"][];
            csv: components["schemas"]["TableOut"] | null;
        };
        /**
         * PreviewPoint
         * @description Degrees, metres, kilometres since the start.
         */
        PreviewPoint: {
            /** Latitude */
            latitude: number;
            /** Longitude */
            longitude: number;
            /** Elevation */
            elevation: number | null;
            /** Distance Km */
            distance_km: number;
        };
        /**
         * ProcessingStatus
         * @enum {string}
         */
        ProcessingStatus: "processing" | "completed" | "failed";
        /**
         * PublicTrips
         * @description A page of everybody's published trips; this one answer carries no envelope.
         */
        PublicTrips: {
            /** Trips */
            trips: components["schemas"]["ListedTripOut"][];
            pagination: components["schemas"]["Pagination"];
        };
        /**
         * Readiness
         * @description The state of each part the service needs.
         */
        Readiness: {
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "down";
            /**
             * Database
             * @enum {string}
             */
            database: "ok" | "down" | "disabled";
            /**
             * Storage
             * @enum {string}
             */
            storage: "ok" | "down" | "disabled";
            /**
             * Broker
             * @enum {string}
             */
            broker: "ok" | "down" | "disabled";
            /**
             * Workers
             * @enum {string}
             */
            workers: "ok" | "down" | "disabled";
        };
        /**
         * Reason
         * @description Why two numbers of one ride differ.
         * @enum {string}
         */
        Reason: "gaps" | "points_dropped" | "rest" | "wheel_sensor" | "sparse_points" | "smoothing" | "unknown";
        /**
         * RegisterRequest
         * @example {
         *       "email": "ana@example.com",
         *       "password": "Subida-2026!",
         *       "username": "ana"
         *     }
         */
        RegisterRequest: {
            /** Username */
            username: string;
            /** Email */
            email: string;
            /** Password */
            password: string;
        };
        /** RegisteredUser */
        RegisteredUser: {
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
            /** Username */
            username: string;
            /** Email */
            email: string;
            /** Is Verified */
            is_verified: boolean;
            /** Is Active */
            is_active: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** RouteStatisticsOut */
        RouteStatisticsOut: {
            /**
             * Stats Id
             * Format: uuid
             */
            stats_id: string;
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /** Avg Speed Kmh */
            avg_speed_kmh: number | null;
            /** Max Speed Kmh */
            max_speed_kmh: number | null;
            /** Total Time Minutes */
            total_time_minutes: number | null;
            /** Moving Time Minutes */
            moving_time_minutes: number | null;
            /** Avg Gradient */
            avg_gradient: number | null;
            /** Max Gradient */
            max_gradient: number | null;
            gradient_distribution: components["schemas"]["GradientDistributionOut"] | null;
            /** Top Climbs */
            top_climbs: components["schemas"]["ClimbOut"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /**
         * RunOut
         * @description One attempt at processing an upload, of the file with this `version`.
         *
         *     `finished_at` and `outcome` are null while it runs; points (of the stored track, before and
         *     after) and recorded period unless it completed. `seconds` are the durations by stage.
         */
        RunOut: {
            /**
             * Run Id
             * Format: uuid
             */
            run_id: string;
            /** Version */
            version: number;
            /** Attempt */
            attempt: number;
            mode: components["schemas"]["Mode"];
            /** Worker */
            worker: string;
            /** Task Id */
            task_id: string | null;
            /** Request Id */
            request_id: string | null;
            /** Fence */
            fence: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Finished At */
            finished_at: string | null;
            outcome: components["schemas"]["Outcome"] | null;
            error_code: components["schemas"]["ErrorCode"] | null;
            /** Points Before */
            points_before: number | null;
            /** Points After */
            points_after: number | null;
            /** Period Start */
            period_start: string | null;
            /** Period End */
            period_end: string | null;
            /** Seconds */
            seconds: {
                [key: string]: number;
            };
        };
        /**
         * SensorOut
         * @description What a sensor told on a ride, or on a stretch of it.
         */
        SensorOut: {
            /** Minimum */
            minimum: number;
            /** Average */
            average: number;
            /** Maximum */
            maximum: number;
        };
        /**
         * SensorsOut
         * @description Null where the recording does not carry a sensor.
         */
        SensorsOut: {
            heart_rate_bpm: components["schemas"]["SensorOut"] | null;
            cadence_rpm: components["schemas"]["SensorOut"] | null;
            power_w: components["schemas"]["SensorOut"] | null;
            temperature_c: components["schemas"]["SensorOut"] | null;
        };
        /**
         * SeriesOut
         * @description A ride, or a part of it, as columns of `samples` values; null where nothing is known.
         * @example {
         *       "columns": {
         *         "distance_km": [
         *           0,
         *           20.0151,
         *           45.65412
         *         ],
         *         "elevation": [
         *           112.4,
         *           687,
         *           112.9
         *         ],
         *         "gradient": [
         *           0.4,
         *           7.25,
         *           null
         *         ]
         *       },
         *       "from_km": 0,
         *       "gpx_file_id": "7f1ee69f-1ed3-495f-a179-d8fa33f8e1e1",
         *       "samples": 3,
         *       "to_km": 45.654,
         *       "total_points": 7000
         *     }
         */
        SeriesOut: {
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /** Total Points */
            total_points: number;
            /** Samples */
            samples: number;
            /** From Km */
            from_km: number;
            /** To Km */
            to_km: number;
            /** Columns */
            columns: {
                [key: string]: (number | null)[];
            };
        };
        /**
         * SessionToken
         * @description The refresh token of a session, where no log on the way writes it down.
         * @example {
         *       "refresh_token": "Zm9yIGV4YW1wbGU"
         *     }
         */
        SessionToken: {
            /** Refresh Token */
            refresh_token: string;
        };
        /**
         * ShownStage
         * @description What happens to an upload right now, for people who watch it.
         * @enum {string}
         */
        ShownStage: "queued" | "validating" | "parsing" | "analysing" | "simplifying" | "saving" | "finishing" | "retrying" | "done";
        /**
         * SortBy
         * @enum {string}
         */
        SortBy: "start_date" | "created_at" | "distance_km" | "title";
        /**
         * StatusOut
         * @description Where an upload is on its way; `progress` in percent.
         * @example {
         *       "attempt": 1,
         *       "distance_km": 45.654,
         *       "elevation_gain": 507,
         *       "elevation_gain_high": 523.8,
         *       "elevation_gain_low": 489.3,
         *       "gpx_file_id": "7f1ee69f-1ed3-495f-a179-d8fa33f8e1e1",
         *       "max_attempts": 4,
         *       "mode": "background",
         *       "processed_at": "2026-05-01T16:20:45Z",
         *       "processing_status": "completed",
         *       "progress": 100,
         *       "simplified_points": 264,
         *       "stage": "done",
         *       "total_points": 7000,
         *       "uploaded_at": "2026-05-01T16:20:44Z"
         *     }
         */
        StatusOut: {
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            processing_status: components["schemas"]["ProcessingStatus"];
            /** Distance Km */
            distance_km: number | null;
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Total Points */
            total_points: number | null;
            /** Simplified Points */
            simplified_points: number | null;
            /**
             * Uploaded At
             * Format: date-time
             */
            uploaded_at: string;
            /** Processed At */
            processed_at: string | null;
            /** Error Message */
            error_message: string | null;
            error_code: components["schemas"]["ErrorCode"] | null;
            error_reason: components["schemas"]["FileReason"] | null;
            stage: components["schemas"]["ShownStage"];
            /** Progress */
            progress: number;
            /** Attempt */
            attempt: number;
            /** Max Attempts */
            max_attempts: number;
            /** Next Attempt At */
            next_attempt_at: string | null;
            mode: components["schemas"]["Mode"];
            /** Elevation Gain Low */
            elevation_gain_low: number | null;
            /** Elevation Gain High */
            elevation_gain_high: number | null;
        };
        /**
         * StretchOut
         * @description What lies between two places of a ride; null where the file has not what it takes.
         */
        StretchOut: {
            /** From Km */
            from_km: number;
            /** To Km */
            to_km: number;
            /** Distance Km */
            distance_km: number;
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Avg Gradient */
            avg_gradient: number | null;
            /** Max Gradient */
            max_gradient: number | null;
            /** Total Time Minutes */
            total_time_minutes: number | null;
            /** Moving Time Minutes */
            moving_time_minutes: number | null;
            /** Avg Speed Kmh */
            avg_speed_kmh: number | null;
            /** Max Speed Kmh */
            max_speed_kmh: number | null;
            /** Sensors */
            sensors: {
                [key: string]: components["schemas"]["SensorOut"];
            };
        };
        /**
         * TableOut
         * @description What a CSV looks like.
         *
         *     `mapping` gives the header of each column that was recognised, by our keys. `rows` are the
         *     first ones: a stranger's texts, to be shown as they are.
         */
        TableOut: {
            /** Mapping */
            mapping: {
                [key: string]: string;
            };
            /** Headers */
            headers: string[];
            /** Separator */
            separator: string;
            /** Decimal */
            decimal: string;
            /** Encoding */
            encoding: string;
            /** Time Format */
            time_format: string | null;
            /** Rows */
            rows: string[][];
        };
        /** TokenOut */
        TokenOut: {
            /** Access Token */
            access_token: string;
            /** Refresh Token */
            refresh_token: string;
            /**
             * Token Type
             * @default bearer
             * @constant
             */
            token_type: "bearer";
            /** Expires In */
            expires_in: number;
            user: components["schemas"]["UserOut"];
        };
        /**
         * TrackOut
         * @description The simplified track with the statistics of the whole route.
         *
         *     `name` is what the file calls it.
         */
        TrackOut: {
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            /** Name */
            name: string | null;
            /** Distance Km */
            distance_km: number;
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Gain Low */
            elevation_gain_low: number | null;
            /** Elevation Gain High */
            elevation_gain_high: number | null;
            /** Simplified Points Count */
            simplified_points_count: number;
            /** Has Elevation */
            has_elevation: boolean;
            start_point: components["schemas"]["Coordinate"];
            end_point: components["schemas"]["Coordinate"];
            /** Waypoints */
            waypoints: components["schemas"]["WaypointOut"][];
            /** Trackpoints */
            trackpoints: components["schemas"]["TrackpointOut"][];
            route_statistics: components["schemas"]["RouteStatisticsOut"] | null;
        };
        /**
         * TrackpointOut
         * @description A stored point, with the gradient in percent.
         */
        TrackpointOut: {
            /** Latitude */
            latitude: number;
            /** Longitude */
            longitude: number;
            /** Elevation */
            elevation: number | null;
            /** Distance Km */
            distance_km: number;
            /**
             * Point Id
             * Format: uuid
             */
            point_id: string;
            /** Sequence */
            sequence: number;
            /** Gradient */
            gradient: number | null;
            /** Segment */
            segment: number;
        };
        /**
         * TripCreate
         * @example {
         *       "description": "Una vuelta larga alrededor del pantano, con viento de cara.",
         *       "difficulty": "moderate",
         *       "is_private": false,
         *       "start_date": "2026-05-01",
         *       "title": "Vuelta al pantano"
         *     }
         */
        TripCreate: {
            /** End Date */
            end_date?: string | null;
            /** Distance Km */
            distance_km?: number | null;
            difficulty?: components["schemas"]["Difficulty"] | null;
            /**
             * Photos
             * @description Accepted from older clients and not kept
             * @default []
             */
            photos?: unknown[] | null;
            /**
             * Locations
             * @description Accepted from older clients and not kept
             * @default []
             */
            locations?: unknown[] | null;
            /**
             * Tags
             * @description Accepted from older clients and not kept
             * @default []
             */
            tags?: unknown[] | null;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /**
             * Start Date
             * Format: date
             */
            start_date: string;
            /**
             * Is Private
             * @default false
             */
            is_private?: boolean;
        };
        /** TripList */
        TripList: {
            /** Trips */
            trips: components["schemas"]["ListedTripOut"][];
            /** Count */
            count: number;
            /** Total */
            total: number;
            /** Limit */
            limit: number;
            /** Offset */
            offset: number;
        };
        /**
         * TripOut
         * @description A trip, as in a list; its route with how sure its elevation gain is.
         */
        TripOut: {
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
            author: components["schemas"]["AuthorOut"];
            /** Title */
            title: string;
            /** Description */
            description: string;
            status: components["schemas"]["TripStatus"];
            /**
             * Start Date
             * Format: date
             */
            start_date: string;
            /** End Date */
            end_date: string | null;
            /** Distance Km */
            distance_km: number | null;
            difficulty: components["schemas"]["Difficulty"] | null;
            /** Is Private */
            is_private: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Published At */
            published_at: string | null;
            /** Photos */
            photos: unknown[];
            /** Locations */
            locations: unknown[];
            /** Tags */
            tags: unknown[];
            /** Photo Count */
            photo_count: number;
            /** Tag Names */
            tag_names: string[];
            /** Thumbnail Url */
            thumbnail_url: string | null;
            /** Like Count */
            like_count: number;
            /** Is Liked */
            is_liked: boolean | null;
            gpx_file: components["schemas"]["GpxMetadataOut"] | null;
            upload: components["schemas"]["UploadStateOut"] | null;
        };
        /**
         * TripStatus
         * @enum {string}
         */
        TripStatus: "draft" | "published";
        /**
         * TripUpdate
         * @description Only the fields that are present are changed.
         * @example {
         *       "title": "Vuelta al embalse"
         *     }
         */
        TripUpdate: {
            /** End Date */
            end_date?: string | null;
            /** Distance Km */
            distance_km?: number | null;
            difficulty?: components["schemas"]["Difficulty"] | null;
            /**
             * Photos
             * @description Accepted from older clients and not kept
             * @default []
             */
            photos?: unknown[] | null;
            /**
             * Locations
             * @description Accepted from older clients and not kept
             * @default []
             */
            locations?: unknown[] | null;
            /**
             * Tags
             * @description Accepted from older clients and not kept
             * @default []
             */
            tags?: unknown[] | null;
            /** Title */
            title?: string | null;
            /** Description */
            description?: string | null;
            /** Start Date */
            start_date?: string | null;
            /** Is Private */
            is_private?: boolean | null;
        };
        /**
         * UploadOut
         * @description The answer to an upload.
         */
        UploadOut: {
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Max Elevation */
            max_elevation: number | null;
            /** Min Elevation */
            min_elevation: number | null;
            /** Distance Km */
            distance_km: number | null;
            /** Has Elevation */
            has_elevation: boolean | null;
            /** Has Timestamps */
            has_timestamps: boolean | null;
            /** Total Points */
            total_points: number | null;
            /** Simplified Points */
            simplified_points: number | null;
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            processing_status: components["schemas"]["ProcessingStatus"];
            /**
             * Uploaded At
             * Format: date-time
             */
            uploaded_at: string;
            /** Processed At */
            processed_at: string | null;
            /** Error Message */
            error_message: string | null;
        };
        /**
         * UploadStateOut
         * @description Where the upload of a trip is on its way, as its owner sees it; `progress` in percent.
         */
        UploadStateOut: {
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /** File Name */
            file_name: string;
            /** File Size */
            file_size: number;
            processing_status: components["schemas"]["ProcessingStatus"];
            stage: components["schemas"]["ShownStage"];
            /** Progress */
            progress: number;
            error_code: components["schemas"]["ErrorCode"] | null;
            error_reason: components["schemas"]["FileReason"] | null;
            /** Error Message */
            error_message: string | null;
            /**
             * Uploaded At
             * Format: date-time
             */
            uploaded_at: string;
        };
        /** UserOut */
        UserOut: {
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
            /** Username */
            username: string;
            /** Email */
            email: string;
            /** Is Verified */
            is_verified: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Photo Url */
            photo_url: string | null;
            /** Bio */
            bio: string | null;
            /** Location */
            location: string | null;
            /** Cycling Type */
            cycling_type: string | null;
            /** Profile Visibility */
            profile_visibility: string;
            /** Trip Visibility */
            trip_visibility: string;
        };
        /**
         * Visibility
         * @enum {string}
         */
        Visibility: "public" | "private";
        /** WarningOut */
        WarningOut: {
            /** Kind */
            kind: string;
            /** Count */
            count: number;
            /** First Index */
            first_index: number;
        };
        /**
         * WaypointOut
         * @description A named place of the file.
         */
        WaypointOut: {
            /** Latitude */
            latitude: number;
            /** Longitude */
            longitude: number;
            /** Name */
            name: string | null;
            /** Elevation */
            elevation: number | null;
        };
        /** WizardGpxOut */
        WizardGpxOut: {
            /** Elevation Gain */
            elevation_gain: number | null;
            /** Elevation Loss */
            elevation_loss: number | null;
            /** Max Elevation */
            max_elevation: number | null;
            /** Min Elevation */
            min_elevation: number | null;
            /**
             * Gpx File Id
             * Format: uuid
             */
            gpx_file_id: string;
            /** Total Distance Km */
            total_distance_km: number;
            /** Has Elevation */
            has_elevation: boolean;
            difficulty: components["schemas"]["Difficulty"] | null;
        };
        /**
         * WizardOut
         * @description A published trip with its route.
         */
        WizardOut: {
            /**
             * Trip Id
             * Format: uuid
             */
            trip_id: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /**
             * Start Date
             * Format: date
             */
            start_date: string;
            /** End Date */
            end_date: string | null;
            /** Distance Km */
            distance_km: number | null;
            difficulty: components["schemas"]["Difficulty"] | null;
            status: components["schemas"]["TripStatus"];
            gpx_file: components["schemas"]["WizardGpxOut"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_RegisteredUser_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TokenOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "INVALID_CREDENTIALS",
                     *         "message": "Usuario o contraseña incorrectos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: {
                refresh_token?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionToken"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TokenOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "INVALID_REFRESH_TOKEN",
                     *         "message": "La sesión ha caducado; inicia sesión de nuevo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: {
                refresh_token?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionToken"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_LoggedOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_UserOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "WRONG_PASSWORD",
                     *         "message": "La contraseña no es esa"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    delete_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountDeletion"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "WRONG_PASSWORD",
                     *         "message": "La contraseña no es esa"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    create_trip_with_route: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    gpx_file: Blob;
                    title: string;
                    description: string;
                    start_date: string;
                    end_date?: string;
                    privacy?: string;
                    mapping?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_WizardOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "IDEMPOTENCY_KEY_REUSED",
                     *         "message": "Esta Idempotency-Key ya se usó con otra petición"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FILE_TOO_LARGE",
                     *         "message": "El archivo supera el límite de 50 MB"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    create_trip: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TripCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TripOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    list_public_trips: {
        parameters: {
            query?: {
                page?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicTrips"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_trip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TripOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    update_trip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TripUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TripOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "BODY_TOO_LARGE",
                     *         "message": "La petición es demasiado grande"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    delete_trip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Deleted_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    publish_trip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TripOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    list_user_trips: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                status?: components["schemas"]["TripStatus"] | null;
                visibility?: components["schemas"]["Visibility"] | null;
                q?: string | null;
                year?: number | null;
                sort_by?: components["schemas"]["SortBy"];
                order?: components["schemas"]["Order"];
            };
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TripList_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_trip_gpx: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_GpxMetadataOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    upload_gpx: {
        parameters: {
            query?: never;
            header?: {
                prefer?: string | null;
                "Idempotency-Key"?: string | null;
            };
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                    mapping?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_UploadOut_"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_UploadOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "IDEMPOTENCY_KEY_REUSED",
                     *         "message": "Esta Idempotency-Key ya se usó con otra petición"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    delete_trip_gpx: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trip_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    analyze: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                    mapping?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PreviewOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FILE_TOO_LARGE",
                     *         "message": "El archivo supera el límite de 50 MB"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "RATE_LIMITED",
                     *         "message": "Demasiadas peticiones; inténtalo de nuevo en 30 s"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_StatusOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_track: {
        parameters: {
            query?: {
                tolerance_m?: number;
                max_points?: number;
            };
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TrackOut_"];
                    "application/geo+json": Record<string, never>;
                };
            };
            /** @description You have it already */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    download: {
        parameters: {
            query?: {
                simplified?: boolean;
                format?: components["schemas"]["Format"];
            };
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/geo+json": unknown;
                    "application/gpx+xml": unknown;
                    "application/gzip": unknown;
                    "application/vnd.ant.fit": unknown;
                    "application/vnd.garmin.tcx+xml": unknown;
                    "application/zip": unknown;
                    "text/csv": unknown;
                };
            };
            /** @description You have it already */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_runs: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_list_RunOut__"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    reprocess: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_UploadOut_"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_series: {
        parameters: {
            query?: {
                fields?: string;
                samples?: number;
                from_km?: number;
                to_km?: number | null;
            };
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_SeriesOut_"];
                };
            };
            /** @description You have it already */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    get_stretch: {
        parameters: {
            query?: {
                from_km?: number;
                to_km?: number | null;
            };
            header?: never;
            path: {
                gpx_file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_StretchOut_"];
                };
            };
            /** @description You have it already */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "VALIDATION_ERROR",
                     *         "message": "Los datos enviados no son válidos"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "No tienes permiso para hacer esto"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "NOT_FOUND",
                     *         "message": "No encontramos lo que buscas"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "STORAGE_UNAVAILABLE",
                     *         "message": "El almacenamiento no está disponible ahora mismo"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    alive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": false,
                     *       "error": {
                     *         "code": "UNAUTHORIZED",
                     *         "message": "Inicia sesión para continuar"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
}
