namespace StreamEdge;

/// <summary>The units, a line each.</summary>
/// <remarks>
/// value in the first unit of its family = value * scale + offset. Factors are those of NIST SP 811 (2008), appendix B, and of
/// the SI brochure, 9th edition: exact where the definition is. Rates over time (m3/h, degC/s, kWh/d) need no line.
/// Choices where usage differs: g is standard gravity, as on every vibration sensor, and a gram is written gram; gal is the US gallon and
/// Gal the acceleration; coulomb and farad are written out, for a C or F alone is meant as a temperature; cal is the thermochemical
/// calorie and BTU that of the International Table; pressures are absolute or differences, for a gauge's zero depends on the weather. A revolution is a cycle: 60 rpm = 1 Hz = 360 deg/s = 2 pi rad/s.
/// </remarks>
static class UnitTable
{
    /// <summary>A family's name alone on a line; below it: symbol | scale | offset | aliases.</summary>
    public const string Text = """
        temperature
          K       | 1   | 0          | kelvin, degK
          mK      | 1e-3
          degC    | 1   | 273.15     | celsius, Celsius, Cel, deg C, degreeC
          degF    | 5/9 | 2298.35/9  | fahrenheit, Fahrenheit, deg F, degreeF
          degR    | 5/9 | 0          | rankine, Rankine
        pressure
          Pa      | 1
          hPa     | 100
          kPa     | 1e3
          MPa     | 1e6
          GPa     | 1e9
          ubar    | 0.1
          mbar    | 100
          bar     | 1e5
          psi     | 4.4482216152605/0.00064516 | 0 | PSI, lbf/in2
          ksi     | 4448.2216152605/0.00064516
          atm     | 101325
          at      | 98066.5 | 0 | kgf/cm2, kg/cm2
          Torr    | 101325/760 | 0 | torr
          mmHg    | 133.322387415
          inHg    | 3386.388640341
          mmH2O   | 9.80665
          cmH2O   | 98.0665
          mH2O    | 9806.65
          inH2O   | 249.08891 | 0 | inWC, in.w.c.
          ftH2O   | 2989.06692
        length
          m       | 1 | 0 | metre, meter
          nm      | 1e-9
          um      | 1e-6 | 0 | micron
          mm      | 1e-3
          cm      | 1e-2
          dm      | 1e-1
          km      | 1e3
          mil     | 25.4e-6 | 0 | thou
          in      | 0.0254 | 0 | inch
          ft      | 0.3048 | 0 | foot, feet
          yd      | 0.9144
          mi      | 1609.344 | 0 | mile
          nmi     | 1852
        area
          m2      | 1 | 0 | sqm
          mm2     | 1e-6
          cm2     | 1e-4
          dm2     | 1e-2
          km2     | 1e6
          ha      | 1e4
          in2     | 0.00064516 | 0 | sqin
          ft2     | 0.09290304 | 0 | sqft
        volume
          m3      | 1 | 0 | cbm
          mm3     | 1e-9
          cm3     | 1e-6 | 0 | ccm
          dm3     | 1e-3
          l       | 1e-3 | 0 | L, litre, liter
          ml      | 1e-6 | 0 | mL
          cl      | 1e-5 | 0 | cL
          hl      | 0.1 | 0 | hL
          in3     | 0.000016387064
          ft3     | 0.028316846592 | 0 | cf, cuft
          gal     | 0.003785411784 | 0 | gal_us, gallon
          gal_uk  | 0.00454609
          bbl     | 0.158987294928 | 0 | barrel
        normal volume
          Nm3     | 1
          Nl      | 1e-3 | 0 | NL
        standard volume
          Sm3     | 1
          Sl      | 1e-3 | 0 | SL
        mass
          kg      | 1
          ug      | 1e-9
          mg      | 1e-6
          gram    | 1e-3 | 0 | grams
          t       | 1e3 | 0 | tonne
          lb      | 0.45359237 | 0 | lbs, lbm
          oz      | 0.028349523125
          ton_us  | 907.18474
        mass flow
          kg/s    | 1
          g/s     | 1e-3
          g/min   | 1e-3/60
          g/h     | 1e-3/3600
        density
          kg/m3   | 1
          g/cm3   | 1e3
          g/ml    | 1e3 | 0 | g/mL
          kg/l    | 1e3 | 0 | kg/L, kg/dm3
          g/l     | 1 | 0 | g/L
          g/m3    | 1e-3
          mg/l    | 1e-3 | 0 | mg/L
          ug/l    | 1e-6 | 0 | ug/L
          mg/m3   | 1e-6
          ug/m3   | 1e-9
          lb/ft3  | 0.45359237/0.028316846592
        force
          N       | 1 | 0 | newton
          mN      | 1e-3
          daN     | 10
          kN      | 1e3
          MN      | 1e6
          lbf     | 4.4482216152605
          kgf     | 9.80665 | 0 | kp
        torque
          Nm      | 1 | 0 | N.m, N m, N*m
          mNm     | 1e-3
          Ncm     | 1e-2
          kNm     | 1e3
          lbf.ft  | 1.3558179483314004 | 0 | lbf ft, ft.lbf, ft-lb, lb-ft
          lbf.in  | 0.1129848290276167 | 0 | lbf in, in.lbf, in-lb, lb-in
          kgf.m   | 9.80665 | 0 | kgf m
        speed
          m/s     | 1
          mph     | 0.44704 | 0 | mi/h
          kn      | 1852/3600 | 0 | knot, kt
          fpm     | 0.3048/60
        acceleration
          m/s2    | 1 | 0 | m/s/s
          mm/s2   | 1e-3
          cm/s2   | 1e-2
          g       | 9.80665 | 0 | g0, gn, gravity
          Gal     | 1e-2
          ft/s2   | 0.3048
          in/s2   | 0.0254
        volume flow
          m3/s    | 1
          gpm     | 0.003785411784/60 | 0 | GPM
          gph     | 0.003785411784/3600
          cfm     | 0.028316846592/60 | 0 | CFM
          lpm     | 1e-3/60 | 0 | LPM
        energy
          J       | 1 | 0 | joule, Ws
          mJ      | 1e-3
          kJ      | 1e3
          MJ      | 1e6
          GJ      | 1e9
          Wh      | 3600
          kWh     | 3.6e6
          MWh     | 3.6e9
          GWh     | 3.6e12
          cal     | 4.184
          kcal    | 4184
          BTU     | 1055.05585262 | 0 | Btu
        power
          W       | 1 | 0 | watt
          uW      | 1e-6
          mW      | 1e-3
          kW      | 1e3
          MW      | 1e6
          GW      | 1e9
          hp      | 745.69987158227022 | 0 | HP
          hp_m    | 735.49875 | 0 | PS
        apparent power
          VA      | 1
          kVA     | 1e3
          MVA     | 1e6
        reactive power
          var     | 1 | 0 | VAr
          kvar    | 1e3 | 0 | kVAr
          Mvar    | 1e6 | 0 | MVAr
        irradiance
          W/m2    | 1
          kW/m2   | 1e3
        angle
          rev     | 1 | 0 | turn
          deg     | 1/360 | 0 | degree, degrees
          arcmin  | 1/21600
          arcsec  | 1/1296000
          rad     | 0.159154943091895335768883763372514362034
          mrad    | 0.000159154943091895335768883763372514362034
        frequency
          Hz      | 1 | 0 | hertz, 1/s, 1/sec, s-1, rps, cps
          mHz     | 1e-3
          kHz     | 1e3
          MHz     | 1e6
          GHz     | 1e9
          rpm     | 1/60 | 0 | RPM, r/min, U/min
          1/min   | 1/60 | 0 | cpm, CPM
          1/h     | 1/3600
          1/d     | 1/86400
        ratio
          1       | 1 | 0 | none
          %       | 1e-2 | 0 | percent, pct
          ‰       | 1e-3 | 0 | permille, g/kg
          ppm     | 1e-6
          ppb     | 1e-9
        relative humidity
          %RH     | 1 | 0 | %rH, % RH, % rH, %rF, RH
        current
          A       | 1 | 0 | amp, ampere
          nA      | 1e-9
          uA      | 1e-6
          mA      | 1e-3
          kA      | 1e3
        charge
          coulomb | 1 | 0 | As
          mAh     | 3.6
          Ah      | 3600
        voltage
          V       | 1 | 0 | volt
          uV      | 1e-6
          mV      | 1e-3
          kV      | 1e3
        resistance
          Ohm     | 1 | 0 | ohm
          mOhm    | 1e-3
          kOhm    | 1e3
          MOhm    | 1e6
          GOhm    | 1e9
        conductance
          S       | 1 | 0 | siemens
          mS      | 1e-3
          uS      | 1e-6
        conductivity
          S/m     | 1
          mS/cm   | 0.1
          uS/cm   | 1e-4
        capacitance
          farad   | 1
          mF      | 1e-3
          uF      | 1e-6
          nF      | 1e-9
          pF      | 1e-12
        inductance
          H       | 1
          mH      | 1e-3
          uH      | 1e-6
        magnetic flux density
          T       | 1 | 0 | tesla
          mT      | 1e-3
          uT      | 1e-6
        time
          s       | 1 | 0 | sec, second, seconds
          ns      | 1e-9
          us      | 1e-6
          ms      | 1e-3
          min     | 60 | 0 | minute, minutes
          h       | 3600 | 0 | hr, hour, hours
          d       | 86400 | 0 | day, days
        illuminance
          lx      | 1 | 0 | lux
          klx     | 1e3
          fc      | 1/0.09290304
        luminance
          cd/m2   | 1 | 0 | nit
        dynamic viscosity
          Pa.s    | 1 | 0 | Pa s
          mPa.s   | 1e-3 | 0 | mPa s, cP
        kinematic viscosity
          m2/s    | 1
          St      | 1e-4
          cSt     | 1e-6
        amount
          mol     | 1
          mmol    | 1e-3
        amount concentration
          mol/m3  | 1 | 0 | mmol/l, mmol/L
          mol/l   | 1e3 | 0 | mol/L
        data
          bit     | 1
          kbit    | 1e3
          Mbit    | 1e6
          Gbit    | 1e9
          B       | 8 | 0 | byte, bytes
          kB      | 8e3 | 0 | KB
          MB      | 8e6
          GB      | 8e9
          KiB     | 8192
          MiB     | 8388608
          GiB     | 8589934592
        dose
          Sv      | 1
          mSv     | 1e-3
          uSv     | 1e-6
        sound level
          dB      | 1
        weighted sound level
          dBA     | 1 | 0 | dB(A)
        acidity
          pH      | 1
        turbidity
          NTU     | 1 | 0 | FNU
        count
          pcs     | 1 | 0 | pieces, pc, parts, count, counts
        """;
}
